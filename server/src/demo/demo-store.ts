import type { Queryable, Tx } from '../platform/database/database.ts'

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
