import { balanceAt } from '@talktime/core/billing/balance-line'
import { agentProblems } from '../agents/index.ts'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { type CampaignRow, countContactsLeft, type PauseReason } from './campaign.ts'
import { raiseCampaignAlert } from './campaign-alerts.ts'
import { auditCampaign } from './campaign-audit.ts'
import { isEmailUnverified, writeCampaign } from './campaign-store.ts'
import { campaignProblems } from './problems.ts'

// Every change of a campaign's state. The caller holds the workspace's line, and writes the unit.

/** Writes a changed campaign and adds its event. */
export async function saveCampaign(tx: Queryable, unit: WorkspaceUnit, campaign: CampaignRow): Promise<void> {
  await writeCampaign(tx, campaign)
  addEvent(unit, 'campaign', campaign.id)
}

/**
 * Starts a campaign now, or schedules it for `startsAtMs` if that is in the future.
 *
 * @throws Problem `campaign_not_draft`, `campaign_without_contacts`, `agent_disabled`, `email_unverified`,
 *   `out_of_credits`
 */
export async function startCampaign(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  startsAtMs: number | null,
  nowMs: number,
): Promise<CampaignRow> {
  if (campaign.status !== 'draft' && campaign.status !== 'scheduled') {
    throw new Problem(
      campaignProblems.campaign_not_draft,
      `The campaign is ${campaign.status}. Only a draft can be started.`,
    )
  }
  if (countContactsLeft(campaign) === 0) {
    throw new Problem(
      campaignProblems.campaign_without_contacts,
      'The campaign has no contacts to call. Add contacts first.',
    )
  }
  requireActiveAgent(campaign)
  await requireVerifiedEmail(tx, campaign)
  return runOrSchedule(tx, unit, { ...campaign, startsAtMs }, nowMs)
}

/** Lets a campaign run now, or schedules it if its start is still ahead. */
async function runOrSchedule(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  nowMs: number,
): Promise<CampaignRow> {
  const { startsAtMs, startedAtMs } = campaign
  const startsLater = startedAtMs === null && startsAtMs !== null && startsAtMs > nowMs
  if (!startsLater) requireCredits(unit, nowMs)
  const next = startsLater ? toScheduled(campaign) : toRunning(campaign, nowMs)
  await saveCampaign(tx, unit, next)
  return next
}

function toScheduled(campaign: CampaignRow): CampaignRow {
  return {
    ...campaign,
    status: 'scheduled',
    pauseReason: null,
    pausedAtMs: null,
    lookAtMs: campaign.startsAtMs,
  }
}

/** Returns the campaign as running, due to be looked at now. Nothing is written. */
export function toRunning(campaign: CampaignRow, nowMs: number): CampaignRow {
  return {
    ...campaign,
    status: 'running',
    pauseReason: null,
    pausedAtMs: null,
    startedAtMs: campaign.startedAtMs ?? nowMs,
    failuresInRow: 0,
    lookAtMs: 0,
  }
}

/**
 * Pauses a campaign because a person asked for it. Nothing changes if a person already paused it.
 *
 * @throws Problem `campaign_not_running`
 */
export async function pauseByUser(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  nowMs: number,
): Promise<CampaignRow> {
  if (campaign.status !== 'running' && campaign.status !== 'scheduled' && campaign.status !== 'paused') {
    throw new Problem(
      campaignProblems.campaign_not_running,
      `The campaign is ${campaign.status}. Only a running campaign can be paused.`,
    )
  }
  if (campaign.pauseReason === 'by_user') return campaign
  return pauseCampaign(tx, unit, campaign, 'by_user', campaign.pausedAtMs ?? nowMs)
}

/**
 * Resumes a campaign because a person asked for it. A campaign that was paused before its scheduled start is scheduled
 * again. Nothing changes if it is running.
 *
 * @throws Problem `campaign_not_paused`, `agent_disabled`, `email_unverified`, `out_of_credits`
 */
export async function resumeByUser(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  nowMs: number,
): Promise<CampaignRow> {
  if (campaign.status === 'running') return campaign
  if (campaign.status !== 'paused') {
    throw new Problem(
      campaignProblems.campaign_not_paused,
      `The campaign is ${campaign.status}. Only a paused campaign can be resumed.`,
    )
  }
  requireActiveAgent(campaign)
  await requireVerifiedEmail(tx, campaign)
  return runOrSchedule(tx, unit, campaign, nowMs)
}

/** Pauses a campaign. Raises an alert unless a person of the workspace paused it. */
export async function pauseCampaign(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  reason: PauseReason,
  atMs: number,
): Promise<CampaignRow> {
  const paused = {
    ...campaign,
    status: 'paused',
    pauseReason: reason,
    pausedAtMs: atMs,
    // The dialer looks once more and finds whether open dials need another look.
    lookAtMs: 0,
  } as const
  await saveCampaign(tx, unit, paused)
  if (reason === 'by_user') return paused
  auditCampaign(unit, { actor: 'system' }, 'paused', { before: campaign, after: paused })
  await raiseCampaignAlert(tx, unit, paused, 'campaign_paused', atMs)
  return paused
}

/** Completes a campaign whose contacts are all done, and raises an alert. */
export async function completeCampaign(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  nowMs: number,
): Promise<CampaignRow> {
  const completed = {
    ...campaign,
    status: 'completed',
    pauseReason: null,
    pausedAtMs: null,
    completedAtMs: nowMs,
  } as const
  await saveCampaign(tx, unit, completed)
  await raiseCampaignAlert(tx, unit, completed, 'campaign_completed', nowMs)
  return completed
}

function requireActiveAgent(campaign: CampaignRow): void {
  if (campaign.agentActive) return
  throw new Problem(
    agentProblems.agent_disabled,
    `The agent ${campaign.agentName} is disabled. Enable it, or give the campaign another agent.`,
  )
}

async function requireVerifiedEmail(tx: Tx, { workspaceId }: CampaignRow): Promise<void> {
  if (!(await isEmailUnverified(tx, workspaceId))) return
  throw new Problem(
    campaignProblems.email_unverified,
    'Verify your email address first: open the link in the mail, or have it sent again.',
  )
}

function requireCredits({ line }: WorkspaceUnit, nowMs: number): void {
  if (balanceAt(line, nowMs) > 0) return
  throw new Problem(
    campaignProblems.out_of_credits,
    'The workspace has no credits. Buy credits first, then start the campaign.',
  )
}
