import { createBackground } from '../../platform/background.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { CampaignRef } from '../campaign.ts'
import { findDueCampaigns } from '../campaign-store.ts'
import { advanceCampaign } from './advance-campaign.ts'
import { cancelAbandonedDials, type PlaceDialsDeps, placeDials } from './place-dials.ts'

/** Advances campaigns. Any number of processes may do so: each contact is called by one of them. */
export type Dialer = {
  /** Advances these campaigns in the background, because something about them changed. */
  wake(campaigns: Iterable<CampaignWake>): void
  /** Wakes the campaigns that are due by the clock, at most `limit`. Call it often. Returns how many were woken. */
  wakeDue(limit?: number): Promise<number>
  /** Resolves when nothing is running. */
  idle(): Promise<void>
  /** Accepts no more work, and resolves when what is running has ended. */
  close(): Promise<void>
}

/** A campaign to advance. `callId`: one of its calls is over. */
export type CampaignWake = CampaignRef & { readonly callId?: string | undefined }

export type DialerDeps = PlaceDialsDeps & {
  readonly database: Database
  readonly clock: Clock
}

const DUE_MAX = 200

export function createDialer(deps: DialerDeps): Dialer {
  const { database, clock, ledger } = deps
  const background = createBackground<CampaignWake>({
    onError: deps.onError,
    async work(_campaignId, wakes) {
      const [first] = wakes
      if (first === undefined) return
      const endedCallIds = wakes.flatMap(({ callId }) => callId ?? [])
      await advance({ workspaceId: first.workspaceId, id: first.id }, endedCallIds)
    },
  })

  async function advance(ref: CampaignRef, endedCallIds: readonly string[]): Promise<void> {
    const advanced = await ledger.changeWorkspace(ref.workspaceId, ({ tx, unit, nowMs }) =>
      advanceCampaign(tx, unit, ref, nowMs, endedCallIds),
    )
    if (advanced === undefined) return
    const { campaign, newDials, abandonedCallIds } = advanced
    // Beside the campaign's next advance, so that a slow carrier does not hold it up.
    if (abandonedCallIds.length > 0) background.run(cancelAbandonedDials(deps, campaign, abandonedCallIds))
    if (newDials.length > 0) background.run(placeDials(deps, campaign, newDials))
  }

  function wake(campaigns: Iterable<CampaignWake>): void {
    for (const campaign of campaigns) background.wake(campaign.id, campaign)
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
