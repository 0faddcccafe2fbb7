import type { Queryable } from '../platform/database/database.ts'
import type { CarrierName, OnVoicemail } from './carrier.ts'

/**
 * `ordered`: no carrier was asked. `placing`: one was asked and has not answered. `placed`: the carrier has the call.
 * `over`: nothing more will happen.
 */
export type LegState = 'ordered' | 'placing' | 'placed' | 'over'

/** A row of `voice_legs`: a call inside a carrier. */
export type LegRow = {
  readonly workspaceId: string
  readonly callId: string
  readonly carrier: CarrierName
  readonly state: LegState
  /** The carrier's own name for the call. Null while the carrier has not said it. */
  readonly ref: string | null
  readonly from: string | null
  readonly to: string | null
  readonly ringMsMax: number
  readonly onVoicemail: OnVoicemail
  /** When it was recorded, then when the carrier was asked. Epoch milliseconds. */
  readonly placedAtMs: number
}

const legColumns = `l.workspace_id as "workspaceId", l.call_id as "callId", l.carrier, l.state, l.ref,
  l.from_number as "from", l.to_number as "to", l.ring_ms_max as "ringMsMax", l.on_voicemail as "onVoicemail",
  l.placed_at_ms as "placedAtMs"`

/** Inserts a leg unless there is one for the call. Returns the stored leg. */
export async function ensureLeg(db: Queryable, leg: LegRow, nextCheckAtMs: number | null): Promise<LegRow> {
  await db.query(
    `insert into voice_legs (workspace_id, call_id, carrier, state, ref, from_number, to_number, ring_ms_max,
                             on_voicemail, placed_at_ms, next_check_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      leg.workspaceId,
      leg.callId,
      leg.carrier,
      leg.state,
      leg.ref,
      leg.from,
      leg.to,
      leg.ringMsMax,
      leg.onVoicemail,
      leg.placedAtMs,
      nextCheckAtMs,
    ],
  )
  return (await findLegByCall(db, leg.callId)) ?? leg
}

/**
 * Inserts the leg of an incoming call unless the carrier's name for the call is stored already. The leg has the id that
 * our call will get.
 *
 * @returns the stored leg, which may have another call id
 */
export async function ensureIncomingLeg(
  db: Queryable,
  leg: LegRow & { readonly ref: string },
  nextCheckAtMs: number,
): Promise<LegRow> {
  const written = await ensureLeg(db, leg, nextCheckAtMs)
  return (await findLegByRef(db, leg.carrier, leg.ref)) ?? written
}

export async function findLegByCall(db: Queryable, callId: string): Promise<LegRow | undefined> {
  const { rows } = await db.query<LegRow>(`select ${legColumns} from voice_legs l where l.call_id = $1`, [
    callId,
  ])
  return rows[0]
}

export async function findLegByRef(
  db: Queryable,
  carrier: CarrierName,
  ref: string,
): Promise<LegRow | undefined> {
  const { rows } = await db.query<LegRow>(
    `select ${legColumns} from voice_legs l where l.carrier = $1 and l.ref = $2`,
    [carrier, ref],
  )
  return rows[0]
}

/**
 * Changes a leg from ordered to placing. Only one process succeeds, and that process asks the carrier. Fails if the call
 * has a hang-up order.
 *
 * @returns whether the leg was changed
 */
export async function beginPlacing(
  db: Queryable,
  leg: LegRow,
  atMs: number,
  nextCheckAtMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update voice_legs l set state = 'placing', placed_at_ms = $3, next_check_at_ms = $4
     where l.workspace_id = $1 and l.call_id = $2 and l.state = 'ordered'
       and not exists (select from calls c where c.workspace_id = $1 and c.id = $2 and c.hang_up_at_ms is not null)`,
    [leg.workspaceId, leg.callId, atMs, nextCheckAtMs],
  )
  return rowCount === 1
}

/** Returns those of the carrier's names that belong to calls of ours. */
export async function findKnownRefs(
  db: Queryable,
  carrier: CarrierName,
  refs: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ ref: string }>(
    'select ref from voice_legs where carrier = $1 and ref = any($2::text[])',
    [carrier, refs],
  )
  return new Set(rows.map(({ ref }) => ref))
}

/** Records that the carrier has the call, and the carrier's name for it. */
export async function recordPlaced(
  db: Queryable,
  leg: LegRow,
  ref: string,
  nextCheckAtMs: number,
): Promise<void> {
  await db.query(
    `update voice_legs set state = 'placed', ref = $3, next_check_at_ms = $4
     where workspace_id = $1 and call_id = $2 and state in ('ordered', 'placing', 'placed')`,
    [leg.workspaceId, leg.callId, ref, nextCheckAtMs],
  )
}

/** Closes a leg: no carrier is asked about it any more. */
export async function closeLeg(db: Queryable, leg: Pick<LegRow, 'workspaceId' | 'callId'>): Promise<void> {
  await db.query(
    `update voice_legs set state = 'over', next_check_at_ms = null where workspace_id = $1 and call_id = $2`,
    [leg.workspaceId, leg.callId],
  )
}

/** Closes a leg if no carrier was asked yet. Returns whether it did. */
export async function closeOrderedLeg(
  db: Queryable,
  leg: Pick<LegRow, 'workspaceId' | 'callId'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update voice_legs set state = 'over', next_check_at_ms = null
     where workspace_id = $1 and call_id = $2 and state = 'ordered'`,
    [leg.workspaceId, leg.callId],
  )
  return rowCount === 1
}

/** Closes a leg if no carrier was asked yet. A leg that is not recorded yet is inserted as closed. */
export async function cancelLeg(
  db: Queryable,
  { workspaceId, callId, carrier }: Pick<LegRow, 'workspaceId' | 'callId' | 'carrier'>,
  atMs: number,
): Promise<void> {
  // Two statements, because a conflict can arise on either of the table's unique indexes, and an update can name only one.
  await db.query(
    `insert into voice_legs (workspace_id, call_id, carrier, state, ring_ms_max, on_voicemail, placed_at_ms)
     values ($1, $2, $3, 'over', 0, 'hang_up', $4) on conflict do nothing`,
    [workspaceId, callId, carrier, atMs],
  )
  await closeOrderedLeg(db, { workspaceId, callId })
}

/** Has the carrier asked about the call at `atMs` (epoch milliseconds). */
export async function checkLegAt(db: Queryable, leg: LegRow, atMs: number): Promise<void> {
  await db.query(
    `update voice_legs set next_check_at_ms = $3
     where workspace_id = $1 and call_id = $2 and state in ('placing', 'placed')`,
    [leg.workspaceId, leg.callId, atMs],
  )
}

/** Has the carrier asked about the call at `atMs` (epoch milliseconds) or earlier. */
export async function checkLegBy(db: Queryable, leg: LegRow, atMs: number): Promise<void> {
  await db.query(
    `update voice_legs set next_check_at_ms = least(next_check_at_ms, $3)
     where workspace_id = $1 and call_id = $2 and state in ('placing', 'placed')`,
    [leg.workspaceId, leg.callId, atMs],
  )
}

/**
 * Claims legs whose carrier must be asked by `nowMs`. They become due again at `againAtMs`, also if this process ends
 * before it asks.
 */
export async function takeLegsToCheck(
  db: Queryable,
  nowMs: number,
  againAtMs: number,
  limit: number,
): Promise<LegRow[]> {
  const { rows } = await db.query<LegRow>(
    `with due as (
       select workspace_id, call_id from voice_legs where next_check_at_ms <= $1
       order by next_check_at_ms limit $3 for update skip locked)
     update voice_legs l set next_check_at_ms = $2 from due
     where l.workspace_id = due.workspace_id and l.call_id = due.call_id returning ${legColumns}`,
    [nowMs, againAtMs, limit],
  )
  return rows
}

/** Has the carriers asked about every open call now: reports sent while the server was down are lost. */
export async function checkAllLegs(db: Queryable, atMs: number): Promise<void> {
  await db.query(
    `update voice_legs set next_check_at_ms = $1 where next_check_at_ms > $1 and state in ('placing', 'placed')`,
    [atMs],
  )
}

/** How long after each hang-up order the next one is sent. The last value holds for all further orders. */
const HANG_UP_RETRY_MS = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000]

/**
 * Claims open calls that have a hang-up order which their carrier has not got yet, or not lately. If this process ends
 * before it sends the order, another process sends it when it is due again.
 */
export async function takeHangUps(db: Queryable, nowMs: number, limit: number): Promise<LegRow[]> {
  const { rows } = await db.query<LegRow>(
    `with due as (
       select l.workspace_id, l.call_id from calls c
       join voice_legs l on l.workspace_id = c.workspace_id and l.call_id = c.id
       where c.hang_up_at_ms is not null and c.status in ('authorized', 'in_conversation')
         and l.state in ('placing', 'placed') and coalesce(l.next_hang_up_at_ms, 0) <= $1
       order by c.hang_up_at_ms limit $2 for update of l skip locked)
     update voice_legs l set hang_up_tries = l.hang_up_tries + 1,
       next_hang_up_at_ms = $1 + ($3::bigint[])[least(l.hang_up_tries + 1, array_length($3::bigint[], 1))]
     from due where l.workspace_id = due.workspace_id and l.call_id = due.call_id returning ${legColumns}`,
    [nowMs, limit, HANG_UP_RETRY_MS],
  )
  return rows
}

/** What calls of an agent need. */
export type AgentToCall = {
  readonly workspaceId: string
  readonly id: string
  readonly phoneNumber: string | null
  /** Where its calls are connected. Null if it is not set yet. */
  readonly voiceEndpoint: string | null
}

const agentColumns = `a.workspace_id as "workspaceId", a.id, a.phone_number as "phoneNumber",
  a.voice_endpoint as "voiceEndpoint"`

/** Finds the agent that has a phone number (E.164). */
export async function findAgentByNumber(db: Queryable, number: string): Promise<AgentToCall | undefined> {
  const { rows } = await db.query<AgentToCall>(
    `select ${agentColumns} from agents a where a.phone_number = $1 and a.archived_at_ms is null`,
    [number],
  )
  return rows[0]
}

export async function findAgentById(
  db: Queryable,
  workspaceId: string,
  agentId: string,
): Promise<AgentToCall | undefined> {
  const { rows } = await db.query<AgentToCall>(
    `select ${agentColumns} from agents a where a.workspace_id = $1 and a.id = $2`,
    [workspaceId, agentId],
  )
  return rows[0]
}
