import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { DialResult, Voice } from '../../voice/index.ts'
import type { CampaignRow } from '../campaign.ts'
import { recordDialed } from './dial-store.ts'
import { type RequeueDeps, requeueContacts } from './requeue-contacts.ts'
import type { NewDial } from './start-dials.ts'

export type PlaceDialsDeps = RequeueDeps & {
  readonly database: Database
  readonly clock: Clock
  readonly voice: Pick<Voice, 'dial' | 'cancelOrder'>
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}

/**
 * Hands dials that are stored to the voice room, outside of any transaction. Dials that were refused or failed at once
 * are over, and their contacts wait again. A dial whose order throws stays open; a later advance finds it abandoned.
 */
export async function placeDials(
  deps: PlaceDialsDeps,
  campaign: CampaignRow,
  newDials: readonly NewDial[],
): Promise<void> {
  const { database, clock, voice } = deps
  const { workspaceId, id: campaignId, agentId, onVoicemail } = campaign
  const answers = await Promise.all(
    newDials.map(async ({ callId, phone }) => {
      const order = { workspaceId, callId, agentId, campaignId, to: phone, onVoicemail }
      const dialed = await voice.dial(order).catch((error: unknown) => deps.onError(error))
      return dialed === undefined ? undefined : { callId, dialed }
    }),
  )
  const answered = answers.filter((one) => one !== undefined)
  const placed = answered.filter(({ dialed }) => isWithVoice(dialed))
  const notCalled = answered.filter(({ dialed }) => !isWithVoice(dialed))
  const placedCallIds = placed.map(({ callId }) => callId)
  await recordDialed(database, workspaceId, placedCallIds, clock.now())
  if (notCalled.length > 0) await requeueContacts(deps, campaign, notCalled)
}

/**
 * Cancels the orders of dials that a process stored and then left, because it died. Contacts whose orders are canceled
 * wait again. Dials that the voice room already has are recorded as dialed.
 */
export async function cancelAbandonedDials(
  deps: PlaceDialsDeps,
  campaign: CampaignRow,
  callIds: readonly string[],
): Promise<void> {
  const { database, clock, voice } = deps
  const { workspaceId } = campaign
  const canceled: { readonly callId: string }[] = []
  const withVoice: string[] = []
  for (const callId of callIds) {
    if (await voice.cancelOrder({ workspaceId, callId })) canceled.push({ callId })
    else withVoice.push(callId)
  }
  await recordDialed(database, workspaceId, withVoice, clock.now())
  if (canceled.length > 0) await requeueContacts(deps, campaign, canceled)
}

/** Whether the voice room has the dial, so that its call will say what became of it. */
function isWithVoice({ outcome }: DialResult): boolean {
  return outcome === 'placed' || outcome === 'unknown'
}
