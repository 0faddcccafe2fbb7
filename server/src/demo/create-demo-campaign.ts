import { Readable } from 'node:stream'
import { MINUTE_MS } from '@talktime/core/time/durations'
import {
  type CampaignRef,
  type CampaignRow,
  createCampaign,
  createImportReceiver,
  DIAL_RULES_DEFAULT,
  requireCampaign,
} from '../campaigns/index.ts'
import { addEvent, type Change, type Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import { DEMO_WORKSPACE } from './demo-agents.ts'
import { createContactFile, type DemoCampaign } from './demo-campaigns.ts'

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const
const officeHours = {
  timeZone: DEMO_WORKSPACE.timeZone,
  days: weekdays.map((day) => ({ day, from: '09:00', to: '18:00' })),
}

export type DemoCampaignDeps = { readonly ledger: Pick<Ledger, 'changeWorkspace'>; readonly clock: Clock }

/** Creates a campaign as a draft and imports its contacts, through the same operations as the dashboard. */
export async function createDemoCampaign(
  { ledger, clock }: DemoCampaignDeps,
  options: { readonly workspaceId: string; readonly agentId: string; readonly campaign: DemoCampaign },
): Promise<CampaignRef> {
  const { workspaceId, agentId, campaign } = options
  const fields = {
    name: campaign.name,
    agentId,
    concurrency: campaign.concurrency,
    callsPerMinute: campaign.callsPerMinute,
    callingHours: campaign.officeHours ? officeHours : null,
    attemptsMax: campaign.attemptsMax,
    retryAfterMs: 20 * MINUTE_MS,
    retryOn: ['no_answer', 'busy'],
    onVoicemail: 'hang_up',
    resumeWhenCreditsReturn: campaign.resumeWhenCreditsReturn,
    defaultCountry: 'US',
  } as const
  const ref = await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const created = await createCampaign(tx, workspaceId, fields, nowMs)
    addEvent(unit, 'campaign', created.id)
    return { workspaceId, id: created.id }
  })
  const receiveImport = createImportReceiver({ ledger, clock, dialRules: DIAL_RULES_DEFAULT })
  const file = Readable.from([Buffer.from(createContactFile(campaign, clock.now()))])
  await receiveImport({
    campaign: { ...ref, actor: 'system' },
    file,
    country: undefined,
    charset: undefined,
    key: undefined,
  })
  return ref
}

/** Changes a campaign as a member does in the dashboard, and has the dialer advance it after the commit. */
export async function changeDemoCampaign(
  { ledger }: Pick<DemoCampaignDeps, 'ledger'>,
  ref: CampaignRef,
  work: (change: Change, campaign: CampaignRow) => Promise<unknown>,
): Promise<void> {
  await ledger.changeWorkspace(ref.workspaceId, async (change) => {
    await work(change, await requireCampaign(change.tx, ref))
    change.unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
  })
}
