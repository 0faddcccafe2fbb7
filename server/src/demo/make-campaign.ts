import { Readable } from 'node:stream'
import {
  type CampaignRef,
  type CampaignRow,
  createCampaign,
  createFileTaker,
  requireCampaign,
} from '../campaigns/index.ts'
import { addEvent, lockWorkspaces, type WorkspaceUnit, writeUnits } from '../ledger/index.ts'
import { virtualClock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { demoWorkspace } from './demo-agents.ts'
import { type CampaignCast, contactsOf } from './demo-campaigns.ts'

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const
const officeHours = {
  timeZone: demoWorkspace.timeZone,
  days: weekdays.map((day) => ({ day, from: '09:00', to: '18:00' })),
}

/** Makes a campaign with its contacts at `nowMs`, as the dashboard does: a draft yet. */
export async function makeCampaign(
  database: Database,
  of: { readonly workspaceId: string; readonly agentId: string; readonly cast: CampaignCast },
  nowMs: number,
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
  const campaign = await database.transaction(async (tx) => {
    const unit = await lockLine(tx, workspaceId)
    const made = await createCampaign(tx, workspaceId, fields, nowMs)
    addEvent(unit, 'campaign', made.id)
    await writeUnits(tx, [unit], nowMs)
    return { workspaceId, id: made.id }
  })
  const takeFile = createFileTaker({ database, clock: virtualClock(nowMs) })
  const file = Readable.from([Buffer.from(contactsOf(cast, nowMs))])
  await takeFile({ campaign, file, country: undefined, key: undefined })
  return campaign
}

/** Does something with a campaign by hand. */
export async function changeCampaign(
  database: Database,
  ref: CampaignRef,
  nowMs: number,
  change: (tx: Tx, unit: WorkspaceUnit, campaign: CampaignRow) => Promise<unknown>,
): Promise<void> {
  await database.transaction(async (tx) => {
    const unit = await lockLine(tx, ref.workspaceId)
    await change(tx, unit, await requireCampaign(tx, ref))
    await writeUnits(tx, [unit], nowMs)
  })
}

async function lockLine(tx: Tx, workspaceId: string): Promise<WorkspaceUnit> {
  const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
  invariant(unit, 'The demo’s workspace has a balance line')
  return unit
}
