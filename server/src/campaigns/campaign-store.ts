import type { CallingHours } from '@talktime/core/campaigns/calling-hours'
import type pg from 'pg'
import type { Queryable } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { CampaignFields, CampaignRef, CampaignRow, CampaignStatus, RetryOutcome } from './campaign.ts'
import { campaignProblems } from './problems.ts'

type CampaignRecord = pg.QueryResultRow &
  Omit<CampaignRow, 'counts'> & { waiting: number; calling: number; reached: number; notReached: number }

const columns = `c.workspace_id as "workspaceId", c.id, c.name, c.agent_id as "agentId", a.name as "agentName",
  (a.status = 'active' and a.archived_at_ms is null) as "agentActive", c.status, c.pause_reason as "pauseReason",
  c.paused_at_ms as "pausedAtMs", c.concurrency, c.calls_per_minute as "callsPerMinute",
  c.calling_hours as "callingHours", c.attempts_max as "attemptsMax", c.retry_after_ms as "retryAfterMs",
  c.retry_on as "retryOn", c.on_voicemail as "onVoicemail",
  c.resume_when_credits_return as "resumeWhenCreditsReturn", c.default_country as "defaultCountry",
  c.created_at_ms as "createdAtMs", c.starts_at_ms as "startsAtMs", c.started_at_ms as "startedAtMs",
  c.completed_at_ms as "completedAtMs", c.waiting_count as waiting, c.calling_count as calling,
  c.reached_count as reached, c.not_reached_count as "notReached", c.dials_over as "dialsOver", c.used_ms as "usedMs",
  c.failures_in_row as "failuresInRow", c.next_slot_ms as "nextSlotMs", c.look_at_ms as "lookAtMs"`

const withAgent = `campaigns c join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id`

function toCampaign({ waiting, calling, reached, notReached, ...row }: CampaignRecord): CampaignRow {
  return { ...row, counts: { waiting, calling, reached, notReached } }
}

/** Inserts a campaign as a draft without contacts. */
export async function createCampaign(
  tx: Queryable,
  workspaceId: string,
  fields: CampaignFields,
  nowMs: number,
): Promise<CampaignRow> {
  const id = newUuid(nowMs)
  await tx.query(
    `insert into campaigns (workspace_id, id, name, agent_id, concurrency, calls_per_minute, calling_hours,
       attempts_max, retry_after_ms, retry_on, on_voicemail, resume_when_credits_return, default_country, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [workspaceId, id, ...toValues(fields), nowMs],
  )
  return requireCampaign(tx, { workspaceId, id })
}

/** Writes a campaign's settings. A running campaign is looked at again at once, because its next dial may be due earlier. */
export async function updateCampaign(tx: Queryable, ref: CampaignRef, fields: CampaignFields): Promise<void> {
  await tx.query(
    `update campaigns set name = $3, agent_id = $4, concurrency = $5, calls_per_minute = $6, calling_hours = $7,
       attempts_max = $8, retry_after_ms = $9, retry_on = $10, on_voicemail = $11, resume_when_credits_return = $12,
       default_country = $13, look_at_ms = case when status = 'running' then 0 else look_at_ms end
     where workspace_id = $1 and id = $2`,
    [ref.workspaceId, ref.id, ...toValues(fields)],
  )
}

function toValues(fields: CampaignFields): unknown[] {
  return [
    fields.name,
    fields.agentId,
    fields.concurrency,
    fields.callsPerMinute,
    fields.callingHours as CallingHours | null,
    fields.attemptsMax,
    fields.retryAfterMs,
    fields.retryOn as RetryOutcome[],
    fields.onVoicemail,
    fields.resumeWhenCreditsReturn,
    fields.defaultCountry,
  ]
}

/** Reads a campaign that is not archived. */
export async function findCampaign(db: Queryable, ref: CampaignRef): Promise<CampaignRow | undefined> {
  const { rows } = await db.query<CampaignRecord>(
    `select ${columns} from ${withAgent} where c.workspace_id = $1 and c.id = $2 and c.archived_at_ms is null`,
    [ref.workspaceId, ref.id],
  )
  return rows[0] && toCampaign(rows[0])
}

/** Reads a campaign. Throws `campaign_not_found`. */
export async function requireCampaign(db: Queryable, ref: CampaignRef): Promise<CampaignRow> {
  return (await findCampaign(db, ref)) ?? throwNotFound()
}

/** Lists a page of a workspace's campaigns, newest first. Archived campaigns are left out. */
export async function listCampaigns(
  db: Queryable,
  workspaceId: string,
  options: {
    readonly status: CampaignStatus | undefined
    readonly beforeId: string | undefined
    readonly limit: number
  },
): Promise<CampaignRow[]> {
  const { rows } = await db.query<CampaignRecord>(
    `select ${columns} from ${withAgent}
     where c.workspace_id = $1 and c.archived_at_ms is null and ($2::text is null or c.status = $2)
       and ($3::uuid is null or c.id < $3)
     order by c.id desc limit $4`,
    [workspaceId, options.status ?? null, options.beforeId ?? null, options.limit],
  )
  return rows.map(toCampaign)
}

/** Reads the UUID of a campaign's workspace, for requests that name only the campaign. Throws `campaign_not_found`. */
export async function requireWorkspaceOfCampaign(db: Queryable, id: string): Promise<string> {
  const { rows } = await db.query<{ workspaceId: string }>(
    'select workspace_id as "workspaceId" from campaigns where id = $1 and archived_at_ms is null',
    [id],
  )
  return rows[0]?.workspaceId ?? throwNotFound()
}

/** Archives a campaign: nobody finds it again, and its dials and calls stay. */
export async function archiveCampaign(tx: Queryable, ref: CampaignRef, nowMs: number): Promise<void> {
  await tx.query(
    `update campaigns set archived_at_ms = $3, look_at_ms = null where workspace_id = $1 and id = $2`,
    [ref.workspaceId, ref.id, nowMs],
  )
}

/** Writes a campaign's state, counts and pace. Its settings are written by `updateCampaign`. */
export async function writeCampaign(tx: Queryable, campaign: CampaignRow): Promise<void> {
  const { counts } = campaign
  await tx.query(
    `update campaigns set status = $3, pause_reason = $4, paused_at_ms = $5, starts_at_ms = $6, started_at_ms = $7,
       completed_at_ms = $8, waiting_count = $9, calling_count = $10, reached_count = $11, not_reached_count = $12,
       dials_over = $13, used_ms = $14, failures_in_row = $15, next_slot_ms = $16, look_at_ms = $17
     where workspace_id = $1 and id = $2`,
    [
      campaign.workspaceId,
      campaign.id,
      campaign.status,
      campaign.pauseReason,
      campaign.pausedAtMs,
      campaign.startsAtMs,
      campaign.startedAtMs,
      campaign.completedAtMs,
      counts.waiting,
      counts.calling,
      counts.reached,
      counts.notReached,
      campaign.dialsOver,
      campaign.usedMs,
      campaign.failuresInRow,
      campaign.nextSlotMs,
      campaign.lookAtMs,
    ],
  )
}

/** Lists a workspace's campaigns in one of the states, oldest first. Archived campaigns are left out. */
export async function listCampaignsByStatus(
  tx: Queryable,
  workspaceId: string,
  statuses: readonly CampaignStatus[],
): Promise<CampaignRow[]> {
  const { rows } = await tx.query<CampaignRecord>(
    `select ${columns} from ${withAgent}
     where c.workspace_id = $1 and c.status = any($2) and c.archived_at_ms is null order by c.id`,
    [workspaceId, statuses],
  )
  return rows.map(toCampaign)
}

/** Finds campaigns that the dialer must look at by `nowMs`, longest due first. */
export async function findDueCampaigns(db: Queryable, nowMs: number, limit: number): Promise<CampaignRef[]> {
  const { rows } = await db.query<CampaignRef>({
    name: 'campaigns_find_due',
    text: `select workspace_id as "workspaceId", id from campaigns
           where look_at_ms <= $1 order by look_at_ms limit $2`,
    values: [nowMs, limit],
  })
  return rows
}

/** Sums the newest 1,000 outbound calls of the campaign's agent that ended since `sinceMs`. Charges are milliseconds of talk time. */
export async function sumRecentOutboundCalls(
  db: Queryable,
  { workspaceId, agentId }: Pick<CampaignRow, 'workspaceId' | 'agentId'>,
  sinceMs: number,
): Promise<{ readonly calls: number; readonly chargedMs: number }> {
  const { rows } = await db.query<{ calls: number; chargedMs: number }>(
    `select count(*) as calls, coalesce(sum(settled_ms), 0)::bigint as "chargedMs"
     from (select settled_ms from calls
           where workspace_id = $1 and ended_at_ms >= $3 and agent_id = $2 and direction = 'outbound'
           order by ended_at_ms desc limit 1000) newest`,
    [workspaceId, agentId, sinceMs],
  )
  return rows[0] ?? { calls: 0, chargedMs: 0 }
}

function throwNotFound(): never {
  throw new Problem(campaignProblems.campaign_not_found, 'There is no such campaign in this workspace.')
}

/**
 * Whether an owner's email address must be verified before the workspace's first call. Only workspaces on a plan without
 * payment wait for that.
 */
export async function isEmailUnverified(db: Queryable, workspaceId: string): Promise<boolean> {
  const { rows } = await db.query<{ isUnverified: boolean }>(
    `select w.awaits_verification and not (s.terms ->> 'paid')::boolean as "isUnverified"
     from workspaces w join subscriptions s on s.workspace_id = w.id where w.id = $1`,
    [workspaceId],
  )
  return rows[0]?.isUnverified ?? false
}
