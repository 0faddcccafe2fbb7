import { assertNever } from '@talktime/core/exhaustive'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import { type CampaignRow, countContactsLeft } from './campaign.ts'

const titles = {
  campaign_paused: (name: string) => `The campaign “${name}” is paused`,
  campaign_resumed: (name: string) => `The campaign “${name}” has resumed`,
  campaign_completed: (name: string) => `The campaign “${name}” is complete`,
} as const

export type CampaignAlertKind = keyof typeof titles

/**
 * Raises an alert about a campaign that has just changed its state.
 *
 * @param campaign the campaign in its new state
 * @param atMs when the state changed; with the campaign's id it identifies the crossing
 */
export async function raiseCampaignAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  kind: CampaignAlertKind,
  atMs: number,
): Promise<void> {
  const alert = {
    kind,
    key: `${campaign.id} ${atMs}`,
    title: titles[kind](campaign.name),
    detail: describeChange(campaign, kind),
    link: `/campaigns/${publicId('campaign', campaign.id)}`,
  }
  await raiseAlert(tx, unit, alert, atMs)
}

function describeChange(campaign: CampaignRow, kind: CampaignAlertKind): string {
  switch (kind) {
    case 'campaign_paused':
      return `${describePause(campaign)} ${describeContactsLeft(campaign)}`
    case 'campaign_resumed':
      return `Credits are available again. ${describeContactsLeft(campaign)}`
    case 'campaign_completed': {
      const { reached, notReached } = campaign.counts
      return `${formatCount(reached)} contacts were reached, ${formatCount(notReached)} were not.`
    }
    default:
      return assertNever(kind)
  }
}

function describeContactsLeft(campaign: CampaignRow): string {
  const left = countContactsLeft(campaign)
  return `${formatCount(left)} ${left === 1 ? 'contact is' : 'contacts are'} left to call.`
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** Describes why a campaign is paused and how to resume it, in a sentence or two. null: it is not paused. */
export function describePause(
  campaign: Pick<CampaignRow, 'pauseReason' | 'agentName' | 'resumeWhenCreditsReturn'>,
): string | null {
  const { pauseReason } = campaign
  switch (pauseReason) {
    case null:
      return null
    case 'out_of_credits':
      return campaign.resumeWhenCreditsReturn
        ? 'The workspace is out of credits. The campaign resumes automatically, within its calling hours, when credits return.'
        : 'The workspace is out of credits. Buy credits, then resume the campaign.'
    case 'by_user':
      return 'Somebody paused it. Resume it to continue.'
    case 'agent_disabled':
      return `The agent ${campaign.agentName} is disabled. Enable it, or give the campaign another agent, then resume.`
    case 'plan_required':
      return 'The plan no longer includes campaigns. Change to a plan with campaigns, then resume.'
    case 'workspace_suspended':
      return 'The workspace is suspended. Ask the operator of this service.'
    case 'email_unverified':
      return 'The email address of the workspace’s owner is not verified. Open the link in the mail, or have it sent again, then resume.'
    case 'carrier_failing':
      return 'Calls could not be made. Check that the agent has a phone number and a voice endpoint, the contacts’ numbers and the carrier, then resume.'
    default:
      return assertNever(pauseReason)
  }
}
