import type { CallEngine } from '../src/calls/index.ts'
import type { Gateway } from '../src/payments/gateway.ts'
import type { Database } from '../src/platform/database/database.ts'
import type { Pipeline } from '../src/platform/database/pipeline.ts'
import type { Carrier } from '../src/voice/index.ts'

/** Thrown in place of everything a server process would do after it was killed. */
export class ProcessKilled extends Error {
  override name = 'ProcessKilled'
}

/** The life of a server process that can be killed between any two of its steps. */
export type ProcessLife = {
  /** How many steps the process has taken. */
  readonly steps: number
  /**
   * Takes a step.
   *
   * @throws ProcessKilled if the process is killed at this step or was killed before
   */
  step(): void
  /** Kills the process after `steps` more steps. */
  killAfter(steps: number): void
  readonly isKilled: boolean
}

/** @param stepsMax the process is killed after this many steps; `undefined`: it is not killed */
export function createLife(stepsMax?: number): ProcessLife {
  let steps = 0
  let lastStep = stepsMax ?? Number.POSITIVE_INFINITY
  let isKilled = false
  return {
    get steps() {
      return steps
    },
    get isKilled() {
      return isKilled
    },
    killAfter(more) {
      lastStep = steps + more
    },
    step() {
      if (isKilled || steps >= lastStep) {
        isKilled = true
        throw new ProcessKilled(`at step ${steps}`)
      }
      steps += 1
    },
  }
}

/**
 * The database as a killable process reaches it. The process can be killed before and after each query, before and
 * after each transaction, and right before a commit, which rolls the transaction back. A kill elsewhere inside a
 * transaction would have the effect of a kill before its commit.
 */
export function killableDatabase(database: Database, life: ProcessLife): Database {
  const step = withSteps(life)
  const killable: Pick<Database, 'query' | 'transaction'> = {
    query: (query, values) => step(() => database.query(query, values)),
    transaction: (work) =>
      step(() =>
        database.transaction(async (tx) => {
          const result = await work(tx)
          life.step()
          return result
        }),
      ),
  }
  return { ...database, ...killable, urgent: killable, apart: killable }
}

/** A pipeline over a killable database. A real pipeline has its own connection and sends COMMIT with the last writes. */
export function killablePipeline(database: Database): Pipeline {
  return {
    transaction: (work) => database.transaction((tx) => work(tx, async () => {})),
    close: async () => {},
  }
}

/** The gateway as a killable process reaches it: the kill comes before the bank gets the request, or before the answer arrives. */
export function killableGateway(gateway: Gateway, life: ProcessLife): Gateway {
  const step = withSteps(life)
  return {
    ...gateway,
    createCustomer: (workspace) => step(() => gateway.createCustomer(workspace)),
    charge: (request) => step(() => gateway.charge(request)),
    lookUp: (request) => step(() => gateway.lookUp(request)),
    cancel: (request) => step(() => gateway.cancel(request)),
    removeMethod: (customerRef, methodRef) => step(() => gateway.removeMethod(customerRef, methodRef)),
  }
}

/** The call engine of a killable process: each command is carried out whole or not at all. */
export function killableEngine(engine: CallEngine, life: ProcessLife): CallEngine {
  const step = withSteps(life)
  return { ...engine, submit: (command) => step(() => engine.submit(command)) }
}

/** The carrier as a killable process reaches it: the kill comes before the carrier gets the request, or before the answer arrives. */
export function killableCarrier(carrier: Carrier, life: ProcessLife): Carrier {
  const step = withSteps(life)
  return {
    ...carrier,
    place: (order) => step(() => carrier.place(order)),
    hangUp: (leg) => step(() => carrier.hangUp(leg)),
    lookUp: (leg) => step(() => carrier.lookUp(leg)),
  }
}

/** Wraps work in two steps, one before it and one after it. */
function withSteps(life: ProcessLife) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    life.step()
    const result = await work()
    life.step()
    return result
  }
}
