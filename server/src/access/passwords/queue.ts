/** How much of something may happen at once, and how many may wait for it. */
export type QueueLimits = { readonly atOnceMax: number; readonly waitingMax: number }

/** The work was not begun, because too much is waiting already. */
export class QueueFull extends Error {
  override name = 'QueueFull'
}

/** Runs work in the order in which it comes, a few pieces at once. */
export type Queue = {
  /** Throws {@link QueueFull} at once if too many pieces are waiting. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

export function createQueue({ atOnceMax, waitingMax }: QueueLimits): Queue {
  const waiting: (() => void)[] = []
  let running = 0

  async function takeTurn(): Promise<void> {
    if (running < atOnceMax) {
      running += 1
      return
    }
    if (waiting.length >= waitingMax) throw new QueueFull('Too much is waiting already')
    // The piece that ends hands its turn over, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function endTurn(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async run(work) {
      await takeTurn()
      try {
        return await work()
      } finally {
        endTurn()
      }
    },
  }
}
