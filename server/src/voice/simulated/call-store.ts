import type { Database, Queryable, Tx } from '../../platform/database/database.ts'
import type { CarrierReport } from '../apply-carrier-report.ts'
import type { CarrierEndReason } from '../carrier.ts'
import type { Message } from './life.ts'

/** A row of `simulated_calls`. Instants are epoch milliseconds. */
export type SimulatedCall = {
  /** The simulated carrier's own name for the call. */
  readonly ref: string
  readonly answersAtMs: number | null
  readonly endsAtMs: number
  readonly reason: CarrierEndReason
}

export async function findCall(db: Queryable, callId: string): Promise<SimulatedCall | undefined> {
  const { rows } = await db.query<SimulatedCall>(
    `select ref, answers_at_ms as "answersAtMs", ends_at_ms as "endsAtMs", end_reason as reason
     from simulated_calls where call_id = $1`,
    [callId],
  )
  return rows[0]
}

/** Inserts a call unless it was placed before. Returns whether it did. */
export async function insertCall(
  tx: Tx,
  callId: string,
  { ref, answersAtMs, endsAtMs, reason }: SimulatedCall,
  placedAtMs: number,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into simulated_calls (ref, call_id, placed_at_ms, answers_at_ms, ends_at_ms, end_reason)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [ref, callId, placedAtMs, answersAtMs, endsAtMs, reason],
  )
  return rowCount === 1
}

/**
 * Ends a call at `atMs`. A call that was over by then stays as it was.
 *
 * @returns the call, and whether it was cut short; undefined if there is no such call
 */
export async function endCall(
  tx: Tx,
  callId: string,
  atMs: number,
): Promise<(SimulatedCall & { readonly wasCut: boolean }) | undefined> {
  const { rows } = await tx.query<SimulatedCall & { wasCut: boolean }>(
    `with before as (select * from simulated_calls where call_id = $1 for update)
     update simulated_calls c set
       ends_at_ms = least(b.ends_at_ms, $2),
       answers_at_ms = case when b.answers_at_ms < $2 then b.answers_at_ms end,
       end_reason = case when b.ends_at_ms <= $2 then b.end_reason
                         when b.answers_at_ms < $2 then 'hung_up' else 'canceled' end
     from before b where c.call_id = $1
     returning c.ref, c.answers_at_ms as "answersAtMs", c.ends_at_ms as "endsAtMs", c.end_reason as reason,
               b.ends_at_ms > $2 as "wasCut"`,
    [callId, atMs],
  )
  return rows[0]
}

/** Deletes the messages about what would have happened to a call at `atMs` or later. */
export async function deleteMessagesFrom(tx: Tx, ref: string, atMs: number): Promise<void> {
  await tx.query('delete from simulated_messages where ref = $1 and at_ms >= $2', [ref, atMs])
}

export async function insertMessages(tx: Tx, ref: string, messages: readonly Message[]): Promise<void> {
  await tx.query(
    `insert into simulated_messages (ref, seq, due_at_ms, kind, at_ms)
     select $1, (select coalesce(max(seq), 0) from simulated_messages where ref = $1) + m.ordinal, m.due_at_ms, m.kind,
            m.at_ms
     from unnest($2::bigint[], $3::text[], $4::bigint[]) with ordinality as m (due_at_ms, kind, at_ms, ordinal)`,
    [ref, messages.map((m) => m.dueAtMs), messages.map((m) => m.kind), messages.map((m) => m.atMs)],
  )
}

/** Deletes up to `limit` messages that are due, and returns them as the carrier's reports. */
export async function takeDueReports(
  database: Database,
  nowMs: number,
  limit: number,
): Promise<CarrierReport[]> {
  const { rows } = await database.query<{
    ref: string
    callId: string
    type: Message['kind']
    atMs: number
    reason: CarrierEndReason
  }>(
    `with due as (
       select ref, seq from simulated_messages where due_at_ms <= $1
       order by due_at_ms limit $2 for update skip locked)
     delete from simulated_messages m using due, simulated_calls c
     where m.ref = due.ref and m.seq = due.seq and c.ref = m.ref
     returning m.ref, c.call_id as "callId", m.kind as type, m.at_ms as "atMs", c.end_reason as reason`,
    [nowMs, limit],
  )
  return rows.map(({ ref, callId, type, atMs, reason }) => ({
    carrier: 'simulated',
    ref,
    callId,
    type,
    atMs,
    reason: type === 'ended' ? reason : undefined,
  }))
}

/** Deletes up to `limit` calls that ended before `beforeMs` and whose messages were all delivered. */
export async function deleteCallsEndedBefore(
  database: Database,
  beforeMs: number,
  limit: number,
): Promise<void> {
  await database.query(
    `delete from simulated_calls where ctid = any(array(
       select c.ctid from simulated_calls c
       where c.ends_at_ms < $1 and not exists (select from simulated_messages m where m.ref = c.ref) limit $2))`,
    [beforeMs, limit],
  )
}
