import { SECOND_MS } from '@talktime/core/time/durations'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import { ApiFailure } from './stack-api.ts'
import type { Timeline } from './timeline.ts'

/** How long to wait before a failed request is sent again. */
export const RETRY_MS = 5 * SECOND_MS
const TRIES_MAX = 24

export type RetryingTaskDeps = { readonly timeline: Timeline; readonly clock: Clock; readonly log: Logger }

export type RetryingTask = {
  readonly atMs: number
  /** What the task does, for the log. */
  readonly what: string
  readonly run: () => Promise<void>
}

/**
 * Adds a task to the timeline that runs again a little later if it fails because the server cannot be reached. It gives
 * up after two minutes, or at once if a retry is pointless. A refused API key makes `Timeline.runNext` reject.
 */
export function addRetryingTask(
  deps: RetryingTaskDeps,
  { atMs, what, run }: RetryingTask,
  tryNumber = 1,
): void {
  const { timeline, clock, log } = deps
  timeline.add(atMs, async () => {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.status === 401) throw error
      if (!error.isTransient || tryNumber === TRIES_MAX) {
        log.warn({ err: error }, `The simulated voice stack gives up: ${what}`)
        return
      }
      if (tryNumber === 1) log.debug({ err: error }, `The simulated voice stack will retry: ${what}`)
      addRetryingTask(deps, { atMs: clock.now() + RETRY_MS, what, run }, tryNumber + 1)
    }
  })
}
