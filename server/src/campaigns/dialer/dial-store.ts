import type { CallStatus } from '@talktime/core/calls/call'
import type { Disposition } from '@talktime/core/campaigns/dispositions'
import type { Queryable } from '../../platform/database/database.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import type { ContactState } from '../contacts/contact-store.ts'

// Queries repeat the contacts' ids as `id = any(…)` beside the join. Without it, PostgreSQL reads all contacts of the
// campaign as long as it has no statistics of the table.

/** A dial that is open, or that is over and whose call may have changed since. */
export type DialRow = {
  readonly callId: string
  readonly contactId: string
  readonly phone: string
  readonly state: 'intended' | 'dialled' | 'over'
  /** When it was stored, before the voice room got it. */
  readonly intendedAtMs: number
  /** null: it is not over. */
  readonly disposition: Disposition | null
  readonly chargedMs: number
  /** Whether its call may still change. */
  readonly provisional: boolean
  /** The dial attempts of its contact, this one included. */
  readonly attempts: number
  readonly contactState: ContactState
  /** Whether it is its contact's last dial. */
  readonly isLast: boolean
  /** null: its call does not exist yet. */
  readonly call: DialedCall | null
}

/** What is known of a dial's call. */
export type DialedCall = {
  readonly status: CallStatus
  readonly answered: boolean
  readonly endedAtMs: number | null
  readonly endReason: string | null
  readonly chargedMs: number
}

/**
 * Loads a campaign's dials that are open or provisionally over, and the dials of `endedCallIds`. Each comes with its call.
 * The caller holds the workspace's line.
 *
 * `is true` hides the campaign's index from PostgreSQL. Without statistics of the table, it would look for the calls among
 * all dials of the campaign.
 */
export async function loadDials(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  endedCallIds: readonly string[],
): Promise<DialRow[]> {
  type DialRecord = Omit<DialRow, 'call'> &
    Omit<DialedCall, 'status'> & { status: CallStatus | null; callMs: number }
  const { rows } = await tx.query<DialRecord>({
    name: 'campaigns_load_dials',
    text: `
      select d.call_id as "callId", d.contact_id as "contactId", t.phone, d.state, d.intended_at_ms as "intendedAtMs",
             d.outcome as disposition, d.charged_ms as "chargedMs", d.provisional, t.attempts, t.state as "contactState",
             t.last_call_id = d.call_id as "isLast", c.status, c.answered_at_ms is not null as answered,
             c.ended_at_ms as "endedAtMs", c.end_reason as "endReason", coalesce(c.settled_ms, 0) as "callMs"
      from (select * from dials where workspace_id = $1 and campaign_id = $2 and (state <> 'over' or provisional)
            union select * from dials where workspace_id = $1 and call_id = any($3) and (campaign_id = $2) is true) d
      join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
      left join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id
      order by d.call_id`,
    values: [workspaceId, id, endedCallIds],
  })
  return rows.map(({ status, answered, endedAtMs, endReason, callMs, ...dial }) => ({
    ...dial,
    call: status === null ? null : { status, answered, endedAtMs, endReason, chargedMs: callMs },
  }))
}

/** How a dial ended, and what follows for its contact. */
export type FinishedDial = {
  readonly callId: string
  readonly contactId: string
  readonly disposition: Disposition
  readonly contactState: 'waiting' | 'reached' | 'not_reached'
  readonly nextAttemptAtMs: number
  /** Whether the dial counts toward the contact's dial attempts. */
  readonly isAttempt: boolean
  /**
   * The latest time at which the phone can have begun to ring, for dials that are still stored as not handed over. null:
   * it never rang.
   */
  readonly beganByMs: number | null
  readonly chargedMs: number
  /** Whether its call may still change. */
  readonly provisional: boolean
}

/** Ends dials with their outcomes, and moves their contacts on. */
export async function finishDials(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  outcomes: readonly FinishedDial[],
): Promise<void> {
  if (outcomes.length === 0) return
  await tx.query(
    `update dials d set state = 'over', outcome = v.outcome, charged_ms = v.charged_ms, provisional = v.provisional,
       began_at_ms = case when d.state = 'intended' then greatest(d.began_at_ms, v.began_by_ms) else d.began_at_ms end
     from unnest($2::uuid[], $3::text[], $4::bigint[], $5::boolean[], $6::bigint[])
       as v (call_id, outcome, charged_ms, provisional, began_by_ms)
     where d.workspace_id = $1 and d.call_id = v.call_id`,
    [
      workspaceId,
      outcomes.map(({ callId }) => callId),
      outcomes.map(({ disposition }) => disposition),
      outcomes.map(({ chargedMs }) => chargedMs),
      outcomes.map(({ provisional }) => provisional),
      outcomes.map(({ beganByMs }) => beganByMs),
    ],
  )
  await tx.query(
    `update contacts t set state = v.state, next_attempt_at_ms = v.next_attempt_at_ms, last_outcome = v.outcome,
       attempts = t.attempts - case when v.is_attempt then 0 else 1 end
     from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::boolean[])
       as v (id, state, next_attempt_at_ms, outcome, is_attempt)
     where t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.id and t.id = any($3)`,
    [
      workspaceId,
      id,
      outcomes.map(({ contactId }) => contactId),
      outcomes.map(({ contactState }) => contactState),
      outcomes.map(({ nextAttemptAtMs }) => nextAttemptAtMs),
      outcomes.map(({ disposition }) => disposition),
      outcomes.map(({ isAttempt }) => isAttempt),
    ],
  )
}

/** What has changed about a dial that was over before. */
export type DialCorrection = {
  readonly callId: string
  readonly contactId: string
  readonly chargedMs: number
  readonly provisional: boolean
  /** Its contact was reached after all. */
  readonly reached: boolean
}

/** Writes corrections of dials. Contacts that were reached after all become reached. */
export async function correctDials(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  corrections: readonly DialCorrection[],
): Promise<void> {
  if (corrections.length === 0) return
  await tx.query(
    `update dials d set charged_ms = v.charged_ms, provisional = v.provisional,
       outcome = case when v.reached then 'reached' else d.outcome end
     from unnest($2::uuid[], $3::bigint[], $4::boolean[], $5::boolean[]) as v (call_id, charged_ms, provisional, reached)
     where d.workspace_id = $1 and d.call_id = v.call_id`,
    [
      workspaceId,
      corrections.map(({ callId }) => callId),
      corrections.map(({ chargedMs }) => chargedMs),
      corrections.map(({ provisional }) => provisional),
      corrections.map(({ reached }) => reached),
    ],
  )
  const reached = corrections.filter((one) => one.reached).map(({ contactId }) => contactId)
  if (reached.length === 0) return
  await tx.query(
    `update contacts set state = 'reached', last_outcome = 'reached'
     where workspace_id = $1 and campaign_id = $2 and id = any($3)`,
    [workspaceId, id, reached],
  )
}

/** Finds the contacts that may be called now, at most `limit`, and when the next one may be called. */
export async function findDueContacts(
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

/** Counts the dials that the carrier was asked for after `sinceMs`, and those that may be on their way to it. */
export async function countDialsSince(
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

/** Inserts dials of contacts, each with the UUID that its call will get, and marks the contacts as in a call. */
export async function insertDials(
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

/**
 * Records that the voice room has these dials. From now on their calls say what becomes of them.
 *
 * @param nowMs not before the carrier was asked
 */
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
