import type { CallEngine } from '../src/calls/index.ts'
import type { Gateway } from '../src/payments/gateway.ts'
import type { Database } from '../src/platform/database/database.ts'
import type { Pipeline } from '../src/platform/database/pipeline.ts'
import type { Carrier } from '../src/voice/index.ts'

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
  const mortally = stepping(life)
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

/** The same for a connection of its own, whose COMMIT travels with the last writes. */
export function mortalPipeline(database: Database): Pipeline {
  return {
    transaction: (work) => database.transaction((tx) => work(tx, async () => {})),
    close: async () => {},
  }
}

/** The gateway as a mortal process reaches it: it may die before the bank hears of something, and before it hears the bank. */
export function mortalGateway(gateway: Gateway, life: Life): Gateway {
  const mortally = stepping(life)
  return {
    ...gateway,
    customer: (workspace) => mortally(() => gateway.customer(workspace)),
    charge: (intent) => mortally(() => gateway.charge(intent)),
    lookUp: (intent) => mortally(() => gateway.lookUp(intent)),
    cancel: (intent) => mortally(() => gateway.cancel(intent)),
    removeMethod: (customerRef, methodRef) => mortally(() => gateway.removeMethod(customerRef, methodRef)),
  }
}

/** The calls as a mortal process changes them: each change is made whole or not at all, and may be its last. */
export function mortalEngine(engine: CallEngine, life: Life): CallEngine {
  const mortally = stepping(life)
  return { ...engine, submit: (command) => mortally(() => engine.submit(command)) }
}

/** The carrier as a mortal process reaches it: it may die before the carrier hears of something, and before it hears the carrier. */
export function mortalCarrier(carrier: Carrier, life: Life): Carrier {
  const mortally = stepping(life)
  return {
    ...carrier,
    place: (order) => mortally(() => carrier.place(order)),
    hangUp: (leg) => mortally(() => carrier.hangUp(leg)),
    lookUp: (leg) => mortally(() => carrier.lookUp(leg)),
  }
}

/** A step before, and one after. */
function stepping(life: Life) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    life.step()
    const result = await work()
    life.step()
    return result
  }
}
