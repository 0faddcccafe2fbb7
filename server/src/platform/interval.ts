/** Work that is repeated in the background. */
export type Interval = {
  /** Prevents further runs. Resolves when the current run has ended. */
  stop(): Promise<void>
  /** Resolves when the current run, if any, has ended. */
  idle(): Promise<void>
}

/**
 * Runs `work` repeatedly. The first run begins after `intervalMs`, each further one `intervalMs` after the previous run has
 * ended, so runs never overlap. An error goes to `onError` and does not prevent the next run.
 */
export function startInterval(
  intervalMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Interval {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer = setTimeout(run, intervalMs)

  function run(): void {
    running = work()
      .then(() => {}, onError)
      .then(() => {
        if (!stopped) timer = setTimeout(run, intervalMs)
      })
  }

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
    idle: () => running,
  }
}
