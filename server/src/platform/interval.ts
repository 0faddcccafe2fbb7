/** Something that is done again and again beside the requests. */
export type Interval = {
  /** No further run begins; resolves when the one under way is over. */
  stop(): Promise<void>
  /** Resolves when no run is under way. */
  idle(): Promise<void>
}

/**
 * Runs `work` every `intervalMs`, beginning after the first interval; the next run begins that long after the last
 * one ended, so that runs never overlap. A run that fails is reported, and the next one tries again.
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
