import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import { UNLIMITED } from '../platform/database/session.ts'
import type { Logger } from '../platform/log.ts'

/** The advisory lock for creating the demo. Any number works, but it must not change between versions. */
const CREATE_DEMO_LOCK = 7_314_401

/** Waits until no other transaction creates the demo, and keeps others from it until this transaction ends. */
export async function lockDemoCreation(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [CREATE_DEMO_LOCK])
}

/** Returns the UUID of the demo workspace, or undefined if there is none. */
export async function findDemo(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>('select id from workspaces where demo order by id limit 1')
  return rows[0]?.id
}

/** Whether the database has any workspace, the demo included. */
export async function hasWorkspaces(db: Queryable): Promise<boolean> {
  const { rows } = await db.query('select from workspaces limit 1')
  return rows.length > 0
}

/** The advisory lock of the server that runs the simulation. Any number works, but it must not change. */
const SIMULATION_LOCK = 7_314_402

export type SimulationLock = {
  /** Aborts when the lock is lost, which happens with its connection. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/**
 * Tries once to take the lock for running the simulation, on a connection of its own. Returns undefined if another server
 * has it, or if the database cannot be reached.
 */
export async function takeSimulationLock({
  database,
  log,
}: {
  readonly database: Database
  readonly log: Logger
}): Promise<SimulationLock | undefined> {
  const client = database.createClient(UNLIMITED)
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  const release = () => client.end().catch(() => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      SIMULATION_LOCK,
    ])
    if (rows[0]?.locked) return { lost: lost.signal, release }
  } catch (error) {
    log.debug({ err: error }, 'The demo cannot reach the database')
  }
  await release()
  return undefined
}
