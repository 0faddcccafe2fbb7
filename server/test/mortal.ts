import type { Gateway } from '../src/payments/gateway.ts'
import type { Database } from '../src/platform/database/database.ts'

/** The process has died: nothing it was about to do happens any more. */
export class Died extends Error {
  override name = 'Died'
}

/** The life of a server process that may end between any two of its steps. */
export type Life = {
  /** How many steps were taken. */
  readonly steps: number
  /** Takes a step, or dies at it. Dead processes die at every step. */
  step(): void
  /** Dies at the step after so many more. */
  dieAfter(steps: number): void
  readonly dead: boolean
}

/** @param stepsMax after so many steps the process dies; undefined: it lives on */
export function lifeOf(stepsMax?: number): Life {
  let steps = 0
  let lastStep = stepsMax ?? Number.POSITIVE_INFINITY
  let dead = false
  return {
    get steps() {
      return steps
    },
    get dead() {
      return dead
    },
    dieAfter(more) {
      lastStep = steps + more
    },
    step() {
      if (dead || steps >= lastStep) {
        dead = true
        throw new Died(`at step ${steps}`)
      }
      steps += 1
    },
  }
}

/**
 * The database as a mortal process reaches it: it may die before and after each query, before and after a transaction,
 * and right before its commit, which takes everything back. Anywhere else inside would be the same.
 */
export function mortalDatabase(database: Database, life: Life): Database {
  async function mortally<T>(work: () => Promise<T>): Promise<T> {
    life.step()
    const result = await work()
    life.step()
    return result
  }
  return {
    ...database,
    query: (query, values) => mortally(() => database.query(query, values)),
    transaction: (work) =>
      mortally(() =>
        database.transaction(async (tx) => {
          const result = await work(tx)
          life.step()
          return result
        }),
      ),
  }
}

/** The gateway as a mortal process reaches it: it may die before the bank hears of something, and before it hears the bank. */
export function mortalGateway(gateway: Gateway, life: Life): Gateway {
  async function mortally<T>(work: () => Promise<T>): Promise<T> {
    life.step()
    const result = await work()
    life.step()
    return result
  }
  return {
    ...gateway,
    customer: (workspace) => mortally(() => gateway.customer(workspace)),
    charge: (intent) => mortally(() => gateway.charge(intent)),
    lookUp: (intent) => mortally(() => gateway.lookUp(intent)),
    cancel: (intent) => mortally(() => gateway.cancel(intent)),
    removeMethod: (customerRef, methodRef) => mortally(() => gateway.removeMethod(customerRef, methodRef)),
  }
}
