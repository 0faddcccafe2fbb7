import { createOverloaded } from '../problem.ts'

/** Lets a bounded number of pieces of work run at once. The others wait for their turn, a bounded number of them. */
export type Turns = {
  /**
   * Runs `work` when it is its turn.
   *
   * @throws Problem `overloaded`, at once if too many wait, or when the turn does not come in time. Nothing was done
   */
  take<T>(work: () => Promise<T>): Promise<T>
  readonly waiting: number
}

export type TurnsOptions = {
  readonly runningMax: number
  readonly waitingMax: number
  /** How long work waits for its turn, in milliseconds. */
  readonly waitMsMax: number
}

export function createTurns({ runningMax, waitingMax, waitMsMax }: TurnsOptions): Turns {
  /** Starts each piece of work that waits, in the order of their arrival. */
  const waiting = new Set<() => void>()
  let running = 0

  function waitForTurn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer)
        waiting.delete(start)
        running += 1
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(start)
        reject(createOverloaded())
      }, waitMsMax)
      waiting.add(start)
    })
  }

  function endTurn(): void {
    running -= 1
    const [next] = waiting
    next?.()
  }

  return {
    async take(work) {
      if (running < runningMax) running += 1
      else if (waiting.size >= waitingMax) throw createOverloaded()
      else await waitForTurn()
      try {
        return await work()
      } finally {
        endTurn()
      }
    },
    get waiting() {
      return waiting.size
    },
  }
}
