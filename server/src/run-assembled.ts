import type { Assembled } from './platform/assembly.ts'
import { startInterval } from './platform/interval.ts'

/** Runs what rooms registered beside their routes. */
export type Runner = {
  start(): Promise<void>
  /** Does at once everything that is due by the clock, and what follows from it. */
  runDue(): Promise<void>
  /** Stops the chores, then what `between` stops, then the rooms' workers: the last that was opened first. */
  close(between: () => Promise<unknown>): Promise<void>
}

/** Chores that are done so rarely, or less often, tidy up: they depend on nothing that others do. */
const TIDY_MS = 60_000

export function createRunner(
  { chores, workers }: Pick<Assembled<never>, 'chores' | 'workers'>,
  onError: (what: string) => (error: unknown) => void,
): Runner {
  const frequent = chores.filter(({ everyMs }) => everyMs < TIDY_MS)
  const rare = chores.filter(({ everyMs }) => everyMs >= TIDY_MS)
  let intervals: ReturnType<typeof startInterval>[] = []

  async function settle(): Promise<void> {
    for (const { idle } of workers) await idle?.()
  }

  return {
    async start() {
      for (const { start } of workers) await start?.()
      intervals = chores.map(({ name, everyMs, work }) => startInterval(everyMs, work, onError(name)))
    },
    async runDue() {
      await settle()
      for (const { work } of frequent) await work()
      await Promise.all(rare.map(({ work }) => work()))
      // What the chores' own timers began meanwhile is done as well.
      await Promise.all(intervals.map((interval) => interval.idle()))
      // Twice: what one worker did may be news for another that was asked before it.
      await settle()
      await settle()
    },
    async close(between) {
      for (const { drain } of workers) drain?.()
      await Promise.all(intervals.map((interval) => interval.stop()))
      await between()
      for (const { close } of workers.toReversed()) await close?.()
    },
  }
}
