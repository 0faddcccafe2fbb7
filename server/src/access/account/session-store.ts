import type { Queryable, Tx } from '../../platform/database/database.ts'
import { announceChange } from '../access-changes.ts'

/** A person's session, as they see it. */
export type SessionRow = {
  readonly id: string
  readonly userAgent: string
  readonly address: string
  readonly createdAtMs: number
  readonly lastSeenAtMs: number
}

/** Lists a user's sessions that have not expired, the last used first. */
export async function listSessions(db: Queryable, userId: string): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>(
    `select id, coalesce(user_agent, '') as "userAgent", coalesce(ip_address, '') as address,
       (extract(epoch from created_at) * 1000)::bigint as "createdAtMs",
       coalesce(last_seen_at_ms, (extract(epoch from updated_at) * 1000)::bigint) as "lastSeenAtMs"
     from sessions where user_id = $1 and expires_at > now() order by "lastSeenAtMs" desc, id desc limit 200`,
    [userId],
  )
  return rows
}

/** Ends one session of a user. Returns whether there was one. */
export async function endSession(tx: Tx, userId: string, sessionId: string): Promise<boolean> {
  const { rowCount } = await tx.query('delete from sessions where user_id = $1 and id = $2', [
    userId,
    sessionId,
  ])
  await announceChange(tx, { kind: 'user', name: userId })
  return rowCount === 1
}

/** Ends all sessions of a user. Returns how many there were. */
export async function endAllSessions(tx: Tx, userId: string): Promise<number> {
  const { rowCount } = await tx.query('delete from sessions where user_id = $1', [userId])
  await announceChange(tx, { kind: 'user', name: userId })
  return rowCount ?? 0
}

/** Ends all sessions of a user but the one that was opened last. */
export async function endOlderSessions(tx: Tx, userId: string): Promise<void> {
  await tx.query(
    `delete from sessions where user_id = $1 and id <> (
       select id from sessions where user_id = $1 order by created_at desc, id desc limit 1)`,
    [userId],
  )
  await announceChange(tx, { kind: 'user', name: userId })
}

/** Records when sessions were used. A use less than `intervalMs` after the recorded one changes nothing. */
export async function recordSessionsSeen(
  db: Queryable,
  uses: readonly { readonly id: string; readonly atMs: number }[],
  intervalMs: number,
): Promise<void> {
  await db.query(
    `update sessions s set last_seen_at_ms = u.at_ms
     from unnest($1::uuid[], $2::bigint[]) as u (id, at_ms)
     where s.id = u.id and coalesce(s.last_seen_at_ms, -$3::bigint) <= u.at_ms - $3::bigint`,
    [uses.map(({ id }) => id), uses.map(({ atMs }) => atMs), intervalMs],
  )
}
