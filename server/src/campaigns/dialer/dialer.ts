import { type Boundaries, lockWorkspaces, writeUnits } from '../../ledger/index.ts'
import type { Dialed, Voice } from '../../voice/index.ts'
import type { CampaignRef, CampaignRow } from '../campaign.ts'
import { findDueCampaigns } from '../campaign-store.ts'
import { type Handover, type Turn, takeTurn } from './advance-campaign.ts'
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

type Woken = CampaignRef & { readonly callIds?: readonly string[] }

export type DialerDeps = RequeueDeps & {
  readonly boundaries: Boundaries
  readonly voice: Pick<Voice, 'dial' | 'withdraw'>
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}

export function createDialer(deps: DialerDeps): Dialer {
  const { database, clock, boundaries, voice } = deps
  const awake = new Map<string, { again: boolean; toldOf: string[] }>()
  const underWay = new Set<Promise<void>>()
  let closed = false

  async function turn(ref: CampaignRef, toldOf: readonly string[]): Promise<Turn | undefined> {
    for (;;) {
      const nowMs = clock.now()
      await boundaries.catchUpIfDue(ref.workspaceId, nowMs)
      const done = await database.transaction(async (tx) => {
        const unit = (await lockWorkspaces(tx, [ref.workspaceId])).get(ref.workspaceId)
        if (unit === undefined) return { turn: undefined, changed: false }
        const { nextBoundaryMs } = unit.line
        if (nextBoundaryMs !== null && nextBoundaryMs <= nowMs) return undefined
        // The lock may have been waited for.
        const taken = await takeTurn(tx, unit, ref, clock.now(), toldOf)
        const changed = unit.changed.size > 0
        await writeUnits(tx, [unit], nowMs)
        return { turn: taken, changed }
      })
      if (done === undefined) continue
      if (done.changed) deps.onCommitted([ref.workspaceId])
      return done.turn
    }
  }

  async function carryOn(ref: CampaignRef, toldOf: readonly string[]): Promise<void> {
    const taken = await turn(ref, toldOf)
    if (taken === undefined) return
    // A carrier that is slow to answer keeps nobody from going on.
    if (taken.left.length > 0) inBackground(takeBack(taken.campaign, taken.left))
    if (taken.handovers.length > 0) inBackground(handOver(taken.campaign, taken.handovers))
  }

  function inBackground(work: Promise<void>): void {
    const watched = work.catch(deps.onError).finally(() => underWay.delete(watched))
    underWay.add(watched)
  }

  /** Dials that a process did not get to hand over: their contacts wait again, and are called when it is time. */
  async function takeBack(campaign: CampaignRow, left: readonly string[]): Promise<void> {
    const { workspaceId } = campaign
    const withdrawn: string[] = []
    const inVoice: string[] = []
    for (const callId of left) {
      if (await voice.withdraw({ workspaceId, callId })) withdrawn.push(callId)
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

  function isInVoice({ outcome }: Dialed): boolean {
    return outcome === 'placed' || outcome === 'unknown'
  }

  /** One turn of a campaign at a time in this process, and another where it was woken meanwhile. */
  async function carryOnAwake(ref: CampaignRef, toldOf: readonly string[]): Promise<void> {
    const state = { again: false, toldOf: [...toldOf] }
    awake.set(ref.id, state)
    try {
      do {
        state.again = false
        await carryOn(ref, state.toldOf.splice(0))
      } while (state.again && !closed)
    } finally {
      awake.delete(ref.id)
    }
  }

  function wake(campaigns: Iterable<Woken>): void {
    if (closed) return
    for (const { callIds = [], ...ref } of campaigns) {
      const state = awake.get(ref.id)
      if (state !== undefined) {
        state.again = true
        state.toldOf.push(...callIds)
        continue
      }
      inBackground(carryOnAwake(ref, callIds))
    }
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  return {
    wake,
    idle,
    async wakeDue(limit = 200) {
      const due = await findDueCampaigns(database, clock.now(), limit)
      wake(due)
      return due.length
    },
    async close() {
      closed = true
      await idle()
    },
  }
}
