import type { CallStatus } from '@talktime/core/calls/call'
import type { Disposition } from '@talktime/core/campaigns/dispositions'
import type { Queryable } from '../../platform/database/database.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import type { ContactState } from '../contacts/contact-store.ts'

// Contacts are named by `id = any(…)` beside the join: where PostgreSQL has not counted the table yet, it reads all of a
// campaign's contacts otherwise.

/** A dial that is not over, or whose call may not be what it was. */
export type DialRow = {
  readonly callId: string
  readonly contactId: string
  readonly phone: string
  readonly state: 'intended' | 'dialled' | 'over'
  readonly intendedAtMs: number
  /** Of one that is over. */
  readonly outcome: Disposition | null
  readonly chargedMs: number
  readonly provisional: boolean
  /** Of its contact: dials that count, this one included. */
  readonly attempts: number
  readonly contactState: ContactState
  /** Whether its contact was not called again since. */
  readonly isLast: boolean
  /** Its call, where there is one. */
  readonly call: DialedCall | null
}

export type DialedCall = {
  readonly status: CallStatus
  readonly answered: boolean
  readonly endedAtMs: number | null
  readonly endReason: string | null
  readonly chargedMs: number
}

/**
 * The dials of a campaign that are not over or only provisionally, and those of the calls `told`, each with what became
 * of its call so far. The caller holds the workspace's line.
 *
 * `is true` keeps PostgreSQL, where it has not counted the table yet, from looking for calls through all dials of the
 * campaign.
 */
export async function loadDials(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  told: readonly string[],
): Promise<DialRow[]> {
  type Record = Omit<DialRow, 'call'> &
    Omit<DialedCall, 'status'> & { status: CallStatus | null; callMs: number }
  const { rows } = await tx.query<Record>({
    name: 'campaigns_load_dials',
    text: `
      select d.call_id as "callId", d.contact_id as "contactId", t.phone, d.state, d.intended_at_ms as "intendedAtMs",
             d.outcome, d.charged_ms as "chargedMs", d.provisional, t.attempts, t.state as "contactState",
             t.last_call_id = d.call_id as "isLast", c.status, c.answered_at_ms is not null as answered,
             c.ended_at_ms as "endedAtMs", c.end_reason as "endReason", coalesce(c.settled_ms, 0) as "callMs"
      from (select * from dials where workspace_id = $1 and campaign_id = $2 and (state <> 'over' or provisional)
            union select * from dials where workspace_id = $1 and call_id = any($3) and (campaign_id = $2) is true) d
      join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
      left join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id
      order by d.call_id`,
    values: [workspaceId, id, told],
  })
  return rows.map(({ status, answered, endedAtMs, endReason, callMs, ...dial }) => ({
    ...dial,
    call: status === null ? null : { status, answered, endedAtMs, endReason, chargedMs: callMs },
  }))
}

/** What became of a dial, and of its contact. */
export type Settled = {
  readonly callId: string
  readonly contactId: string
  readonly outcome: Disposition
  readonly state: 'waiting' | 'reached' | 'not_reached'
  readonly nextAttemptAtMs: number
  /** Whether the dial counts as an attempt. */
  readonly counts: boolean
  /** Before when the phone rang, where nobody wrote down yet that the voice room has the dial. null: it never did. */
  readonly beganByMs: number | null
  readonly chargedMs: number
  /** Whether its call may be charged otherwise yet. */
  readonly provisional: boolean
}

export async function writeSettled(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  settled: readonly Settled[],
): Promise<void> {
  if (settled.length === 0) return
  await tx.query(
    `update dials d set state = 'over', outcome = v.outcome, charged_ms = v.charged_ms, provisional = v.provisional,
       began_at_ms = case when d.state = 'intended' then greatest(d.began_at_ms, v.began_by_ms) else d.began_at_ms end
     from unnest($2::uuid[], $3::text[], $4::bigint[], $5::boolean[], $6::bigint[])
       as v (call_id, outcome, charged_ms, provisional, began_by_ms)
     where d.workspace_id = $1 and d.call_id = v.call_id`,
    [
      workspaceId,
      settled.map((s) => s.callId),
      settled.map((s) => s.outcome),
      settled.map((s) => s.chargedMs),
      settled.map((s) => s.provisional),
      settled.map((s) => s.beganByMs),
    ],
  )
  await tx.query(
    `update contacts t set state = v.state, next_attempt_at_ms = v.next_attempt_at_ms, last_outcome = v.outcome,
       attempts = t.attempts - case when v.counts then 0 else 1 end
     from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::boolean[])
       as v (id, state, next_attempt_at_ms, outcome, counts)
     where t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.id and t.id = any($3)`,
    [
      workspaceId,
      id,
      settled.map((s) => s.contactId),
      settled.map((s) => s.state),
      settled.map((s) => s.nextAttemptAtMs),
      settled.map((s) => s.outcome),
      settled.map((s) => s.counts),
    ],
  )
}

/** A dial that was over, with what its call is known to be now. */
export type Corrected = {
  readonly callId: string
  readonly contactId: string
  readonly chargedMs: number
  readonly provisional: boolean
  /** Its contact was reached after all. */
  readonly reached: boolean
}

export async function writeCorrected(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  corrected: readonly Corrected[],
): Promise<void> {
  if (corrected.length === 0) return
  await tx.query(
    `update dials d set charged_ms = v.charged_ms, provisional = v.provisional,
       outcome = case when v.reached then 'reached' else d.outcome end
     from unnest($2::uuid[], $3::bigint[], $4::boolean[], $5::boolean[]) as v (call_id, charged_ms, provisional, reached)
     where d.workspace_id = $1 and d.call_id = v.call_id`,
    [
      workspaceId,
      corrected.map((c) => c.callId),
      corrected.map((c) => c.chargedMs),
      corrected.map((c) => c.provisional),
      corrected.map((c) => c.reached),
    ],
  )
  const reached = corrected.filter((c) => c.reached).map((c) => c.contactId)
  if (reached.length === 0) return
  await tx.query(
    `update contacts set state = 'reached', last_outcome = 'reached'
     where workspace_id = $1 and campaign_id = $2 and id = any($3)`,
    [workspaceId, id, reached],
  )
}

/** How many contacts may be called now, up to `limit`, and when the next one may. */
export async function dueContacts(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  nowMs: number,
  limit: number,
): Promise<{ due: { id: string; phone: string }[]; nextAtMs: number | null }> {
  const { rows } = await tx.query<{ id: string; phone: string; nextAtMs: number }>({
    name: 'campaigns_due_contacts',
    text: `
      select id, phone, next_attempt_at_ms as "nextAtMs" from contacts
      where workspace_id = $1 and campaign_id = $2 and state = 'waiting' order by next_attempt_at_ms, id limit $3`,
    values: [workspaceId, id, limit + 1],
  })
  const due = rows.filter(({ nextAtMs }) => nextAtMs <= nowMs)
  return {
    due: due.slice(0, limit),
    nextAtMs: rows.find(({ nextAtMs }) => nextAtMs > nowMs)?.nextAtMs ?? null,
  }
}

/**
 * How many dials began after `sinceMs`, by when the carrier was asked: those that may be on their way to it are among
 * them.
 */
export async function dialsSince(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  sinceMs: number,
): Promise<number> {
  const { rows } = await tx.query<{ dials: number }>({
    name: 'campaigns_dials_since',
    text: `select count(*) as dials from dials
           where workspace_id = $1 and campaign_id = $2 and (began_at_ms > $3 or state = 'intended')`,
    values: [workspaceId, id, sinceMs],
  })
  return rows[0]?.dials ?? 0
}

/** Writes down that these contacts are called, each by the call that gets this id. */
export async function intendDials(
  tx: Queryable,
  { workspaceId, id, attemptsMax }: CampaignRow,
  dials: readonly { readonly contactId: string; readonly callId: string }[],
  nowMs: number,
): Promise<void> {
  if (dials.length === 0) return
  const contactIds = dials.map(({ contactId }) => contactId)
  const callIds = dials.map(({ callId }) => callId)
  await tx.query(
    `insert into dials (workspace_id, call_id, campaign_id, contact_id, state, intended_at_ms, began_at_ms, attempt,
       attempts_max)
     select $1, v.call_id, $2, v.contact_id, 'intended', $5, $5, t.attempts + 1, $6
     from unnest($3::uuid[], $4::uuid[]) as v (contact_id, call_id)
     join contacts t on t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.contact_id and t.id = any($3)`,
    [workspaceId, id, contactIds, callIds, nowMs, attemptsMax],
  )
  await tx.query(
    `update contacts t set state = 'calling', attempts = t.attempts + 1, last_attempt_at_ms = $5,
       last_call_id = v.call_id
     from unnest($3::uuid[], $4::uuid[]) as v (contact_id, call_id)
     where t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.contact_id and t.id = any($3)`,
    [workspaceId, id, contactIds, callIds, nowMs],
  )
}

/** The voice room has these: what becomes of them is in their calls. The carrier was asked by `nowMs`, if it was. */
export async function recordDialed(
  db: Queryable,
  workspaceId: string,
  callIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (callIds.length === 0) return
  await db.query(
    `update dials set state = 'dialled', began_at_ms = $3
     where workspace_id = $1 and call_id = any($2) and state = 'intended'`,
    [workspaceId, callIds, nowMs],
  )
}
