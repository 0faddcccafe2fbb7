import { createHash } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import { createSeededRandom, type SeededRandom } from '../../platform/seeded-random.ts'
import type { CallReport } from '../apply-carrier-report.ts'
import {
  type Carrier,
  type CarrierLeg,
  type CarrierState,
  CarrierUnreachable,
  type Placed,
  type PlaceOrder,
} from '../carrier.ts'
import { fateOf, type Message, messagesOf, type SimulatedLife } from './life.ts'

/**
 * A carrier whose people are imagined, with a memory of its own: its calls go on whatever becomes of the server that
 * placed them. What happens to a call is decided by its id alone.
 */
export type SimulatedCarrier = Carrier & {
  /** Delivers the messages that are due. Returns how many. As often as you like, also by several servers. */
  deliverDue(deliver: (said: CallReport) => Promise<void>): Promise<number>
  /** Forgets calls that were over long ago, as carriers do; at most `limit` a time. */
  forget(limit?: number): Promise<void>
}

const DELIVERED_AT_ONCE_MAX = 200
/** How long a call that is over is remembered: longer than anybody asks after one. */
export const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000

type Row = {
  ref: string
  answersAtMs: number | null
  endsAtMs: number
  reason: string
}

export function createSimulatedCarrier(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly life: SimulatedLife
  /** Whether it can be reached at all; left out: always. */
  readonly reachable?: () => boolean
  readonly onError: (error: unknown) => void
}): SimulatedCarrier {
  const { database, clock, life } = deps

  function reach(): void {
    if (deps.reachable?.() === false) throw new CarrierUnreachable('The simulated carrier cannot be reached')
  }

  async function find(callId: string): Promise<Row | undefined> {
    const { rows } = await database.query<Row>(
      `select ref, answers_at_ms as "answersAtMs", ends_at_ms as "endsAtMs", end_reason as reason
       from simulated_calls where call_id = $1`,
      [callId],
    )
    return rows[0]
  }

  async function place(order: PlaceOrder): Promise<Placed> {
    reach()
    const nowMs = clock.now()
    const chance = chanceOf(order.callId)
    const fate = fateOf(life, order, chance, nowMs)
    const ref = `sim_${order.callId.replaceAll('-', '')}`
    await database.transaction(async (tx) => {
      const { rowCount } = await tx.query(
        `insert into simulated_calls (ref, call_id, placed_at_ms, answers_at_ms, ends_at_ms, end_reason)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [ref, order.callId, nowMs, fate.answersAtMs, fate.endsAtMs, fate.reason],
      )
      if (rowCount === 1) await send(tx, ref, messagesOf(life, nowMs, fate, chance))
    })
    return { outcome: 'placed', ref }
  }

  /** One that is over already stays as it was, and says so once more. */
  async function hangUp({ callId }: CarrierLeg): Promise<void> {
    reach()
    const nowMs = clock.now()
    await database.transaction(async (tx) => {
      const { rows } = await tx.query<Row & { cut: boolean }>(
        `with before as (select * from simulated_calls where call_id = $1 for update)
         update simulated_calls c set
           ends_at_ms = least(b.ends_at_ms, $2),
           answers_at_ms = case when b.answers_at_ms < $2 then b.answers_at_ms end,
           end_reason = case when b.ends_at_ms <= $2 then b.end_reason
                             when b.answers_at_ms < $2 then 'hung_up' else 'canceled' end
         from before b where c.call_id = $1
         returning c.ref, c.answers_at_ms as "answersAtMs", c.ends_at_ms as "endsAtMs", c.end_reason as reason,
                   b.ends_at_ms > $2 as cut`,
        [callId, nowMs],
      )
      const call = rows[0]
      if (call === undefined) return
      if (call.cut) {
        await tx.query('delete from simulated_messages where ref = $1 and at_ms >= $2', [call.ref, nowMs])
      }
      await send(tx, call.ref, [{ kind: 'ended', atMs: call.endsAtMs, dueAtMs: nowMs }])
    })
  }

  async function lookUp({ callId }: CarrierLeg): Promise<CarrierState> {
    reach()
    const call = await find(callId)
    return call === undefined ? { state: 'unknown' } : truthOf(call, clock.now())
  }

  async function deliverDue(deliver: (said: CallReport) => Promise<void>): Promise<number> {
    for (let delivered = 0; ; ) {
      const due = await takeDue(database, clock.now())
      await Promise.all(due.map((said) => deliver(said).catch(deps.onError)))
      delivered += due.length
      if (due.length < DELIVERED_AT_ONCE_MAX) return delivered
    }
  }

  async function forget(limit = 10_000): Promise<void> {
    await database.query(
      `delete from simulated_calls where ctid = any(array(
         select c.ctid from simulated_calls c
         where c.ends_at_ms < $1 and not exists (select from simulated_messages m where m.ref = c.ref) limit $2))`,
      [clock.now() - REMEMBERED_MS, limit],
    )
  }

  return {
    name: 'simulated',
    needsFrom: false,
    needsEndpoint: false,
    pace: life.pace,
    place,
    hangUp,
    lookUp,
    deliverDue,
    forget,
  }
}

function chanceOf(callId: string): SeededRandom {
  return createSeededRandom(createHash('sha256').update(callId).digest().readUInt32BE())
}

function truthOf({ ref, answersAtMs, endsAtMs, reason }: Row, nowMs: number): CarrierState {
  if (nowMs >= endsAtMs) return { state: 'over', ref, answeredAtMs: answersAtMs, endedAtMs: endsAtMs, reason }
  if (answersAtMs === null || nowMs < answersAtMs) return { state: 'ringing', ref }
  return { state: 'in_conversation', ref, answeredAtMs: answersAtMs }
}

async function send(tx: Tx, ref: string, messages: readonly Message[]): Promise<void> {
  await tx.query(
    `insert into simulated_messages (ref, seq, due_at_ms, kind, at_ms)
     select $1, (select coalesce(max(seq), 0) from simulated_messages where ref = $1) + m.ordinal, m.due_at_ms, m.kind,
            m.at_ms
     from unnest($2::bigint[], $3::text[], $4::bigint[]) with ordinality as m (due_at_ms, kind, at_ms, ordinal)`,
    [ref, messages.map((m) => m.dueAtMs), messages.map((m) => m.kind), messages.map((m) => m.atMs)],
  )
}

/** Takes what is due out of the post. */
async function takeDue(database: Database, nowMs: number): Promise<CallReport[]> {
  const { rows } = await database.query<{
    ref: string
    callId: string
    type: CallReport['type']
    atMs: number
    reason: string
    dueAtMs: number
  }>(
    `with due as (
       select ref, seq from simulated_messages where due_at_ms <= $1
       order by due_at_ms limit $2 for update skip locked)
     delete from simulated_messages m using due, simulated_calls c
     where m.ref = due.ref and m.seq = due.seq and c.ref = m.ref
     returning m.ref, c.call_id as "callId", m.kind as type, m.at_ms as "atMs", c.end_reason as reason`,
    [nowMs, DELIVERED_AT_ONCE_MAX],
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
