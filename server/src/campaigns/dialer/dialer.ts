import { createBackground } from '../../platform/background.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { DialResult, Voice } from '../../voice/index.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import { findDueCampaigns } from '../campaign-store.ts'
import { type Handover, takeTurn } from './advance-campaign.ts'
import { recordDialed } from './dial-store.ts'
import { type RequeueDeps, requeueContacts } from './requeue-contacts.ts'

/** Carries campaigns on. Any number of processes may: each contact is called by one. */
export type Dialer = {
  /** In the background: something changed in these campaigns, such as that calls of theirs are over. */
  wake(campaigns: Iterable<Woken>): void
  /** Wakes the campaigns in which something is due by the clock. Call it often. Returns how many. */
  wakeDue(limit?: number): Promise<number>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Takes no further work and waits for what is under way. */
  close(): Promise<void>
}

/** A campaign that has something to do; `callId`: because this call of it is over. */
export type Woken = CampaignRef & { readonly callId?: string | undefined }

export type DialerDeps = RequeueDeps & {
  readonly database: Database
  readonly clock: Clock
  readonly voice: Pick<Voice, 'dial' | 'cancelOrder'>
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}

const DUE_MAX = 200

export function createDialer(deps: DialerDeps): Dialer {
  const { database, clock, ledger, voice } = deps
  const background = createBackground<Woken>({
    onError: deps.onError,
    async work(_campaignId, notes) {
      const [first] = notes
      if (first === undefined) return
      const endedCallIds = notes.flatMap(({ callId }) => callId ?? [])
      await advance({ workspaceId: first.workspaceId, id: first.id }, endedCallIds)
    },
  })

  async function advance(ref: CampaignRef, endedCallIds: readonly string[]): Promise<void> {
    const turn = await ledger.changeWorkspace(ref.workspaceId, ({ tx, unit, nowMs }) =>
      takeTurn(tx, unit, ref, nowMs, endedCallIds),
    )
    if (turn === undefined) return
    // A carrier that is slow to answer holds nobody up.
    if (turn.left.length > 0) background.run(takeBack(turn.campaign, turn.left))
    if (turn.handovers.length > 0) background.run(handOver(turn.campaign, turn.handovers))
  }

  /** Dials that a process did not get to hand over: their contacts wait again, and are called when it is time. */
  async function takeBack(campaign: CampaignRow, left: readonly string[]): Promise<void> {
    const { workspaceId } = campaign
    const withdrawn: string[] = []
    const inVoice: string[] = []
    for (const callId of left) {
      if (await voice.cancelOrder({ workspaceId, callId })) withdrawn.push(callId)
      else inVoice.push(callId)
    }
    await recordDialed(database, workspaceId, inVoice, clock.now())
    if (withdrawn.length > 0)
      await requeueContacts(
        deps,
        campaign,
        withdrawn.map((callId) => ({ callId })),
      )
  }

  async function handOver(campaign: CampaignRow, handovers: readonly Handover[]): Promise<void> {
    const { workspaceId, id: campaignId, agentId, onVoicemail } = campaign
    const done = await Promise.all(
      handovers.map(async ({ callId, phone }) => {
        const order = { workspaceId, callId, agentId, campaignId, to: phone, onVoicemail }
        // What could not be handed over is taken up again by a later turn.
        const dialed = await voice.dial(order).catch((error: unknown) => deps.onError(error))
        return dialed === undefined ? undefined : { callId, dialed }
      }),
    )
    const known = done.filter((one) => one !== undefined)
    await recordDialed(
      database,
      workspaceId,
      known.filter(({ dialed }) => isInVoice(dialed)).map(({ callId }) => callId),
      clock.now(),
    )
    const refused = known.filter(({ dialed }) => !isInVoice(dialed))
    if (refused.length === 0) return
    await requeueContacts(deps, campaign, refused)
  }

  function isInVoice({ outcome }: DialResult): boolean {
    return outcome === 'placed' || outcome === 'unknown'
  }

  function wake(campaigns: Iterable<Woken>): void {
    for (const woken of campaigns) background.wake(woken.id, woken)
  }

  return {
    wake,
    idle: background.idle,
    close: background.close,
    async wakeDue(limit = DUE_MAX) {
      const due = await findDueCampaigns(database, clock.now(), limit)
      wake(due)
      return due.length
    },
  }
}
