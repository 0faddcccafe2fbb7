import type { Queryable, Tx } from '../platform/database/database.ts'
import type { CampaignRef } from './campaign.ts'

/** A dial that is not over. */
export type OpenDial = {
  readonly callId: string
  readonly contactId: string
  readonly phone: string
  readonly state: 'intended' | 'dialled'
  readonly intendedAtMs: number
  readonly takenAtMs: number
  /** Of its contact: dials that count, this one included. */
  readonly attempts: number
  /** Its call, where there is one. */
  readonly call: {
    readonly status: string
    readonly answered: boolean
    readonly endedAtMs: number | null
    readonly endReason: string | null
    readonly chargedMs: number
  } | null
}

/** All dials that are not over, with what became of their calls so far. The caller holds the workspace's line. */
export async function openDials(tx: Queryable, { workspaceId, id }: CampaignRef): Promise<OpenDial[]> {
  const { rows } = await tx.query<
    Omit<OpenDial, 'call'> & {
      status: string | null
      answered: boolean
      endedAtMs: number | null
      endReason: string | null
      chargedMs: number
    }
  >({
    name: 'campaigns_open_dials',
    text: `
      select d.call_id as "callId", d.contact_id as "contactId", t.phone, d.state, d.intended_at_ms as "intendedAtMs",
             d.taken_at_ms as "takenAtMs", t.attempts, c.status, c.answered_at_ms is not null as answered,
             c.ended_at_ms as "endedAtMs", c.end_reason as "endReason", coalesce(c.settled_ms, 0) as "chargedMs"
      from dials d
      join contacts t on t.workspace_id = d.workspace_id and t.campaign_id = d.campaign_id and t.id = d.contact_id
      left join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id
      where d.workspace_id = $1 and d.campaign_id = $2 and d.state <> 'over' order by d.call_id`,
    values: [workspaceId, id],
  })
  return rows.map(({ status, answered, endedAtMs, endReason, chargedMs, ...dial }) => ({
    ...dial,
    call: status === null ? null : { status, answered, endedAtMs, endReason, chargedMs },
  }))
}

/** What became of a dial, and of its contact. */
export type Settled = {
  readonly callId: string
  readonly contactId: string
  readonly outcome: string
  readonly endedAtMs: number
  readonly state: 'waiting' | 'reached' | 'not_reached'
  readonly nextAttemptAtMs: number
  /** Whether the dial counts as an attempt. */
  readonly counts: boolean
  readonly chargedMs: number
}

export async function writeSettled(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  settled: readonly Settled[],
): Promise<void> {
  if (settled.length === 0) return
  await tx.query(
    `update dials d set state = 'over', outcome = v.outcome, charged_ms = v.charged_ms
     from unnest($2::uuid[], $3::text[], $4::bigint[]) as v (call_id, outcome, charged_ms)
     where d.workspace_id = $1 and d.call_id = v.call_id`,
    [
      workspaceId,
      settled.map((s) => s.callId),
      settled.map((s) => s.outcome),
      settled.map((s) => s.chargedMs),
    ],
  )
  await tx.query(
    `update contacts t set state = v.state, next_attempt_at_ms = v.next_attempt_at_ms, last_outcome = v.outcome,
       attempts = t.attempts - case when v.counts then 0 else 1 end
     from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::boolean[])
       as v (id, state, next_attempt_at_ms, outcome, counts)
     where t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.id`,
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

/**
 * Calls that were corrected after their dials were over: keeps what they are charged now.
 *
 * @returns how much more (or less) that is in all
 */
export async function recharge(tx: Tx, workspaceId: string, callIds: readonly string[]): Promise<number> {
  if (callIds.length === 0) return 0
  const { rows } = await tx.query<{ moreMs: number }>(
    `with corrected as (
       select d.call_id, c.settled_ms, c.settled_ms - d.charged_ms as more_ms
       from dials d join calls c on c.workspace_id = d.workspace_id and c.id = d.call_id
       where d.workspace_id = $1 and d.call_id = any($2) and d.state = 'over' and d.charged_ms <> c.settled_ms),
     kept as (
       update dials d set charged_ms = corrected.settled_ms from corrected
       where d.workspace_id = $1 and d.call_id = corrected.call_id)
     select coalesce(sum(more_ms), 0)::bigint as "moreMs" from corrected`,
    [workspaceId, callIds],
  )
  return rows[0]?.moreMs ?? 0
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

/** How many dials began after `sinceMs`. */
export async function dialsSince(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  sinceMs: number,
): Promise<number> {
  const { rows } = await tx.query<{ dials: number }>({
    name: 'campaigns_dials_since',
    text: `select count(*) as dials from dials where workspace_id = $1 and campaign_id = $2 and intended_at_ms > $3`,
    values: [workspaceId, id, sinceMs],
  })
  return rows[0]?.dials ?? 0
}

/** Writes down that these contacts are called, each by the call that gets this id. */
export async function intendDials(
  tx: Queryable,
  { workspaceId, id }: CampaignRef,
  dials: readonly { readonly contactId: string; readonly callId: string }[],
  nowMs: number,
): Promise<void> {
  if (dials.length === 0) return
  const contactIds = dials.map(({ contactId }) => contactId)
  const callIds = dials.map(({ callId }) => callId)
  await tx.query(
    `insert into dials (workspace_id, call_id, campaign_id, contact_id, state, intended_at_ms, taken_at_ms)
     select $1, v.call_id, $2, v.contact_id, 'intended', $5, $5
     from unnest($3::uuid[], $4::uuid[]) as v (contact_id, call_id)`,
    [workspaceId, id, contactIds, callIds, nowMs],
  )
  await tx.query(
    `update contacts t set state = 'calling', attempts = t.attempts + 1, last_attempt_at_ms = $5,
       last_call_id = v.call_id
     from unnest($3::uuid[], $4::uuid[]) as v (contact_id, call_id)
     where t.workspace_id = $1 and t.campaign_id = $2 and t.id = v.contact_id`,
    [workspaceId, id, contactIds, callIds, nowMs],
  )
}

/** Another process takes over what one began to hand over and did not finish. */
export async function takeDialsAgain(
  tx: Queryable,
  workspaceId: string,
  callIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (callIds.length === 0) return
  await tx.query('update dials set taken_at_ms = $3 where workspace_id = $1 and call_id = any($2)', [
    workspaceId,
    callIds,
    nowMs,
  ])
}

/** The voice room has these: what becomes of them is in their calls. */
export async function recordDialled(
  db: Queryable,
  workspaceId: string,
  callIds: readonly string[],
): Promise<void> {
  if (callIds.length === 0) return
  await db.query(
    `update dials set state = 'dialled' where workspace_id = $1 and call_id = any($2) and state = 'intended'`,
    [workspaceId, callIds],
  )
}
