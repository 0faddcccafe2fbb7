import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Assembled } from './platform/assembly.ts'
import { startInterval } from './platform/interval.ts'

/** Runs the chores and workers that the rooms registered. */
export type Runner = {
  /** Starts the workers, then, if asked to, the chores' intervals. */
  start(options: { readonly intervals: boolean }): Promise<void>
  /** Runs every chore once, now, and waits until all work that follows from them is done. */
  runDue(): Promise<void>
  /** Stops the chores, then calls `between`, then closes the workers in the reverse order of their opening. */
  close(between: () => Promise<unknown>): Promise<void>
}

/** Chores with this interval or a longer one only tidy up. They do not depend on each other. */
const TIDY_MS = MINUTE_MS

export function createRunner(
  { chores, workers }: Pick<Assembled<never>, 'chores' | 'workers'>,
  onError: (what: string) => (error: unknown) => void,
): Runner {
  const frequent = chores.filter(({ everyMs }) => everyMs < TIDY_MS)
  const rare = chores.filter(({ everyMs }) => everyMs >= TIDY_MS)
  let intervals: ReturnType<typeof startInterval>[] = []

  async function waitForWorkers(): Promise<void> {
    for (const { idle } of workers) await idle?.()
  }

  return {
    async start(options) {
      for (const { start } of workers) await start?.()
      if (!options.intervals) return
      intervals = chores.map(({ name, everyMs, work }) => startInterval(everyMs, work, onError(name)))
    },
    async runDue() {
      await waitForWorkers()
      for (const { work } of frequent) await work()
      await Promise.all(rare.map(({ work }) => work()))
      // Runs that the intervals started meanwhile must be over as well.
      await Promise.all(intervals.map((interval) => interval.idle()))
      // Twice, because one worker may have created work for another that was waited for before it.
      await waitForWorkers()
      await waitForWorkers()
    },
    async close(between) {
      for (const { drain } of workers) drain?.()
      await Promise.all(intervals.map((interval) => interval.stop()))
      await between()
      for (const { close } of workers.toReversed()) await close?.()
    },
  }
}
