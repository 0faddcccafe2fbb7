import { lockAccounts, writeAccounts } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Dialed } from '../voice/index.ts'
import type { CampaignRow, PauseReason } from './campaign.ts'
import { openDials, type Settled, writeSettled } from './dials.ts'
import { keepCampaign, pause, zeroAtMs } from './states.ts'
import { findCampaign } from './store.ts'

/** How long a campaign waits when the plan's calls at once are all taken. */
const FULL_MS = 3_000

export type HandBackParts = {
  readonly database: Database
  readonly clock: Clock
  readonly onCommitted: (workspaceIds: readonly string[]) => void
}

type Refused = { readonly callId: string; readonly dialed: Dialed }

/**
 * Dials that the gate refused: nobody was called, so the contact waits again as if nothing had been, and the campaign
 * waits or pauses. What failed at the carrier has a call that says so; the next turn reads it there.
 */
export async function handBack(
  { database, clock, onCommitted }: HandBackParts,
  { workspaceId, id }: CampaignRow,
  refused: readonly Refused[],
): Promise<void> {
  const nowMs = clock.now()
  const reasons = new Map(refused.map(({ callId, dialed }) => [callId, dialed]))
  await database.transaction(async (tx) => {
    const account = (await lockAccounts(tx, [workspaceId])).get(workspaceId)
    const campaign = await findCampaign(tx, { workspaceId, id })
    if (account === undefined || campaign === undefined) return
    const settled: Settled[] = []
    for (const { callId, contactId, call } of await openDials(tx, campaign)) {
      const dialed = reasons.get(callId)
      if (dialed === undefined || (dialed.outcome === 'failed' && call !== null)) continue
      settled.push({
        callId,
        contactId,
        outcome: 'not_called',
        endedAtMs: nowMs,
        state: 'waiting',
        nextAttemptAtMs: 0,
        counts: false,
        chargedMs: 0,
      })
    }
    await writeSettled(tx, campaign, settled)
    const counts = {
      ...campaign.counts,
      calling: campaign.counts.calling - settled.length,
      waiting: campaign.counts.waiting + settled.length,
    }
    const reason = pauseReasonOf(refused)
    const next = { ...campaign, counts, lookAtMs: settled.length > 0 ? nowMs + FULL_MS : 0 }
    if (reason !== null && campaign.status === 'running') {
      const atMs = reason === 'out_of_credits' ? zeroAtMs(account, nowMs) : nowMs
      await pause(tx, account, next, reason, atMs)
    } else {
      await keepCampaign(tx, account, next)
    }
    await writeAccounts(tx, [account], nowMs)
  })
  onCommitted([workspaceId])
}

function pauseReasonOf(refused: readonly Refused[]): PauseReason | null {
  for (const { dialed } of refused) {
    if (dialed.outcome === 'refused' && dialed.reason !== 'concurrency_limit') return dialed.reason
    if (dialed.outcome === 'failed' && dialed.reason === 'agent_not_found') return 'agent_disabled'
    // What the carrier needs of the agent is missing: nobody of this campaign can be called.
    if (dialed.outcome === 'failed' && /^no_(caller_number|endpoint)$/.test(dialed.reason))
      return 'carrier_failing'
  }
  return null
}
