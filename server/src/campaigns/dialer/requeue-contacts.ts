import { agentProblems } from '../../agents/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Dialed } from '../../voice/index.ts'
import type { CampaignRow, PauseReason } from '../campaign.ts'
import { findCampaign } from '../campaign-store.ts'
import { keepCampaign, pause } from '../lifecycle.ts'
import { type DialRow, loadDials, type Settled, writeSettled } from './dial-store.ts'

/** How long a campaign waits when the plan's calls at once are all taken. */
const FULL_MS = 3_000
/** How long it waits after other refusals, so that it does not run against the gate. */
const REFUSED_MS = 1_000

export type RequeueDeps = {
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

/** A dial that did not become a call. `dialed` left out: it was taken back before anybody was asked. */
type NotCalled = { readonly callId: string; readonly dialed?: Dialed }

/**
 * Dials that came to nothing: nobody was called, so the contact waits again as if nothing had been, and the campaign
 * waits or pauses. What failed at the carrier has a call that says so; the next turn reads it there.
 */
export async function requeueContacts(
  { ledger }: RequeueDeps,
  { workspaceId, id }: CampaignRow,
  notCalled: readonly NotCalled[],
): Promise<void> {
  const known = new Set(notCalled.map(({ callId }) => callId))
  await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const campaign = await findCampaign(tx, { workspaceId, id })
    if (campaign === undefined) return
    const settled = (await loadDials(tx, campaign, []))
      .filter(({ callId, state }) => known.has(callId) && state !== 'over')
      .filter(({ call }) => call === null || call.status === 'refused')
      .map(settledAsNotCalled)
    await writeSettled(tx, campaign, settled)
    const counts = {
      ...campaign.counts,
      calling: campaign.counts.calling - settled.length,
      waiting: campaign.counts.waiting + settled.length,
    }
    const next = { ...campaign, counts, lookAtMs: nowMs + waitMs(notCalled) }
    const reason = pauseReasonOf(notCalled)
    if (reason !== null && campaign.status === 'running') await pause(tx, unit, next, reason, nowMs)
    else await keepCampaign(tx, unit, next)
  })
}

function settledAsNotCalled({ callId, contactId }: DialRow): Settled {
  return {
    callId,
    contactId,
    outcome: 'not_called',
    state: 'waiting',
    nextAttemptAtMs: 0,
    counts: false,
    beganByMs: null,
    chargedMs: 0,
    provisional: false,
  }
}

/** What was taken back is called when it is time; what failed at the carrier is looked at at once. */
function waitMs(notCalled: readonly NotCalled[]): number {
  const reasons = notCalled.map(({ dialed }) => (dialed?.outcome === 'refused' ? dialed.reason : null))
  if (reasons.includes('concurrency_limit')) return FULL_MS
  return reasons.some((reason) => reason !== null) ? REFUSED_MS : 0
}

/** That credits are used up is the credit watch's to act on, as it alone sees that they are back. */
function pauseReasonOf(notCalled: readonly NotCalled[]): PauseReason | null {
  for (const { dialed } of notCalled) {
    if (dialed?.outcome === 'refused') {
      const { reason } = dialed
      if (reason !== 'concurrency_limit' && reason !== 'out_of_credits') return reason
    }
    if (dialed?.outcome === 'failed' && dialed.reason === agentProblems.agent_not_found.code)
      return 'agent_disabled'
    // What the carrier needs of the agent is missing: nobody of this campaign can be called.
    if (dialed?.outcome === 'failed' && /^no_(caller_number|endpoint)$/.test(dialed.reason))
      return 'carrier_failing'
  }
  return null
}
