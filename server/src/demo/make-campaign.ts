import { Readable } from 'node:stream'
import {
  type CampaignRef,
  type CampaignRow,
  createCampaign,
  createImportReceiver,
  requireCampaign,
} from '../campaigns/index.ts'
import { addEvent, type Change, type Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import { demoWorkspace } from './demo-agents.ts'
import { type CampaignCast, contactsOf } from './demo-campaigns.ts'

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const
const officeHours = {
  timeZone: demoWorkspace.timeZone,
  days: weekdays.map((day) => ({ day, from: '09:00', to: '18:00' })),
}

export type DemoCampaignDeps = { readonly ledger: Pick<Ledger, 'changeWorkspace'>; readonly clock: Clock }

/** Creates a campaign with its contacts, as the dashboard does: a draft. */
export async function makeCampaign(
  { ledger, clock }: DemoCampaignDeps,
  of: { readonly workspaceId: string; readonly agentId: string; readonly cast: CampaignCast },
): Promise<CampaignRef> {
  const { workspaceId, agentId, cast } = of
  const fields = {
    name: cast.name,
    agentId,
    concurrency: cast.concurrency,
    callsPerMinute: cast.callsPerMinute,
    callingHours: cast.officeHours ? officeHours : null,
    attemptsMax: cast.attemptsMax,
    retryAfterMs: 20 * 60_000,
    retryOn: ['no_answer', 'busy'],
    onVoicemail: 'hang_up',
    resumeWhenCreditsReturn: cast.resumeWhenCreditsReturn,
    defaultCountry: 'US',
  } as const
  const campaign = await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const created = await createCampaign(tx, workspaceId, fields, nowMs)
    addEvent(unit, 'campaign', created.id)
    return { workspaceId, id: created.id }
  })
  const receiveImport = createImportReceiver({ ledger, clock })
  const file = Readable.from([Buffer.from(contactsOf(cast, clock.now()))])
  await receiveImport({ campaign, file, country: undefined, key: undefined })
  return campaign
}

/** Changes a campaign, as somebody does by hand. */
export async function changeCampaign(
  { ledger }: Pick<DemoCampaignDeps, 'ledger'>,
  ref: CampaignRef,
  work: (change: Change, campaign: CampaignRow) => Promise<unknown>,
): Promise<void> {
  await ledger.changeWorkspace(ref.workspaceId, async (change) => {
    await work(change, await requireCampaign(change.tx, ref))
    change.unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
  })
}
