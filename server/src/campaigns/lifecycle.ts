import { balanceAt } from '@talktime/core/billing/balance-line'
import { agentProblems } from '../agents/index.ts'
import { raiseAlert } from '../alerts/index.ts'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import { planProblems, requireSubscription, type Terms } from '../plans/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { type CampaignRow, contactsLeft, type PauseReason } from './campaign.ts'
import { campaignsIn, writeCampaign } from './campaign-store.ts'
import { campaignProblems } from './problems.ts'

// Every change of a campaign's state. Whoever calls these holds the workspace's line, and writes the unit.

/** Writes the campaign as it has become, and tells whoever looks. */
export async function keepCampaign(tx: Queryable, unit: WorkspaceUnit, campaign: CampaignRow): Promise<void> {
  await writeCampaign(tx, campaign)
  addEvent(unit, 'campaign', campaign.id)
}

/** Throws `plan_required` where the workspace's plan has no campaigns. */
export async function requireCampaignPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (hasCampaigns(terms)) return
  throw new Problem(
    planProblems.plan_required,
    `Paid plan required: the ${terms.name} plan has no campaigns. Change to a plan with campaigns first.`,
  )
}

export function hasCampaigns(terms: Terms): boolean {
  return terms.features.campaigns === true
}

/** Begins, or begins at `startsAtMs`. Throws `campaign_not_draft`, `campaign_without_contacts`, `agent_disabled`, `out_of_credits`. */
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
      `The campaign is ${campaign.status}: only a draft can be started.`,
    )
  }
  if (contactsLeft(campaign) === 0) {
    throw new Problem(
      campaignProblems.campaign_without_contacts,
      'The campaign has nobody to call: add contacts first.',
    )
  }
  requireActiveAgent(campaign)
  return goOn(tx, unit, { ...campaign, startsAtMs }, nowMs)
}

/** Runs from now on, or waits for the time it was scheduled for. */
async function goOn(tx: Tx, unit: WorkspaceUnit, campaign: CampaignRow, nowMs: number): Promise<CampaignRow> {
  const { startsAtMs, startedAtMs } = campaign
  const waits = startedAtMs === null && startsAtMs !== null && startsAtMs > nowMs
  if (!waits) requireCredits(unit, nowMs)
  const next = waits ? scheduledFrom(campaign) : runningFrom(campaign, nowMs)
  await keepCampaign(tx, unit, next)
  return next
}

function scheduledFrom(campaign: CampaignRow): CampaignRow {
  return {
    ...campaign,
    status: 'scheduled',
    pauseReason: null,
    pausedAtMs: null,
    lookAtMs: campaign.startsAtMs,
  }
}

export function runningFrom(campaign: CampaignRow, nowMs: number): CampaignRow {
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

/** By hand. Throws `campaign_not_running`. */
export async function pauseByUser(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  nowMs: number,
): Promise<CampaignRow> {
  if (campaign.status !== 'running' && campaign.status !== 'scheduled' && campaign.status !== 'paused') {
    throw new Problem(
      campaignProblems.campaign_not_running,
      `The campaign is ${campaign.status}: only a running one can be paused.`,
    )
  }
  if (campaign.pauseReason === 'by_user') return campaign
  return pause(tx, unit, campaign, 'by_user', campaign.pausedAtMs ?? nowMs)
}

/** By hand. Throws `campaign_not_paused`, `agent_disabled`, `out_of_credits`. */
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
      `The campaign is ${campaign.status}: only a paused one can be resumed.`,
    )
  }
  requireActiveAgent(campaign)
  return goOn(tx, unit, campaign, nowMs)
}

/** Pauses, and says so to the people of the workspace unless they did it themselves. */
export async function pause(
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
    // What is left to be looked at, the next turn finds.
    lookAtMs: 0,
  } as const
  await keepCampaign(tx, unit, paused)
  if (reason !== 'by_user') await tell(tx, unit, paused, 'campaign_paused', atMs)
  return paused
}

/**
 * At zero: every active campaign of the workspace pauses.
 *
 * @param atMs the exact instant at which the balance reached zero
 * @returns sentences that say what was done
 */
export async function pauseForCredits(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<string[]> {
  const running = await campaignsIn(tx, unit.line.workspaceId, ['running'])
  for (const campaign of running) {
    // One that was started since, by whoever did not know it yet, cannot have paused before it began.
    await pause(tx, unit, campaign, 'out_of_credits', Math.max(atMs, campaign.startedAtMs ?? nowMs))
  }
  return sentence(running.length, 'paused')
}

function sentence(campaigns: number, what: string): string[] {
  if (campaigns === 0) return []
  return [campaigns === 1 ? `1 campaign is ${what}.` : `${campaigns} campaigns are ${what}.`]
}

/** Credits are there again: campaigns that paused for want of them go on, where the customer chose so. */
export async function resumeAfterCredits(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<string[]> {
  let resumed = 0
  for (const campaign of await campaignsIn(tx, unit.line.workspaceId, ['paused'])) {
    if (campaign.pauseReason !== 'out_of_credits' || !campaign.resumeWhenCreditsReturn) continue
    const running = runningFrom(campaign, nowMs)
    await keepCampaign(tx, unit, running)
    await tell(tx, unit, running, 'campaign_resumed', nowMs)
    resumed += 1
  }
  return sentence(resumed, 'calling again')
}

export async function complete(
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
  await keepCampaign(tx, unit, completed)
  await tell(tx, unit, completed, 'campaign_completed', nowMs)
  return completed
}

function requireActiveAgent(campaign: CampaignRow): void {
  if (campaign.agentActive) return
  throw new Problem(
    agentProblems.agent_disabled,
    `The agent ${campaign.agentName} is disabled: enable it, or give the campaign another agent.`,
  )
}

function requireCredits({ line }: WorkspaceUnit, nowMs: number): void {
  if (balanceAt(line, nowMs) > 0) return
  throw new Problem(
    campaignProblems.out_of_credits,
    'The workspace has no credits: buy credits first, then start the campaign.',
  )
}

/** What a pause means, and what to do about it, in a sentence or two. */
export function pauseSentence(
  campaign: Pick<CampaignRow, 'pauseReason' | 'agentName' | 'resumeWhenCreditsReturn'>,
) {
  switch (campaign.pauseReason) {
    case null:
      return null
    case 'out_of_credits':
      return campaign.resumeWhenCreditsReturn
        ? 'The workspace is out of credits. The campaign goes on by itself, within its calling hours, when credits are there again.'
        : 'The workspace is out of credits. Buy credits, then resume the campaign.'
    case 'by_user':
      return 'Somebody paused it. Resume it to go on.'
    case 'agent_disabled':
      return `The agent ${campaign.agentName} is disabled. Enable it, or give the campaign another agent, then resume.`
    case 'plan_required':
      return 'The plan has no campaigns any more. Change to a plan with campaigns, then resume.'
    case 'workspace_suspended':
      return 'The workspace is suspended. Ask the operator of this service.'
    case 'carrier_failing':
      return 'Calls could not be made. Check that the agent has a phone number and a voice endpoint, the contacts’ numbers and the carrier, then resume.'
  }
}

const titles = {
  campaign_paused: (name: string) => `The campaign “${name}” is paused`,
  campaign_resumed: (name: string) => `The campaign “${name}” goes on`,
  campaign_completed: (name: string) => `The campaign “${name}” is complete`,
} as const

async function tell(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  kind: keyof typeof titles,
  atMs: number,
): Promise<void> {
  await raiseAlert(
    tx,
    unit,
    {
      kind,
      key: `${campaign.id} ${atMs}`,
      title: titles[kind](campaign.name),
      detail: detailOf(campaign),
      link: `/campaigns/${publicId('campaign', campaign.id)}`,
    },
    atMs,
  )
}

function detailOf(campaign: CampaignRow): string {
  const left = contactsLeft(campaign)
  const contacts = `${left.toLocaleString('en-US')} ${left === 1 ? 'contact is' : 'contacts are'} left to call.`
  if (campaign.status === 'paused') return `${pauseSentence(campaign)} ${contacts}`
  if (campaign.status === 'running') return `Credits are there again. ${contacts}`
  const { reached, notReached } = campaign.counts
  return `${reached.toLocaleString('en-US')} contacts were reached, ${notReached.toLocaleString('en-US')} were not.`
}
