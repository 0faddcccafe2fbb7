import { assertNever } from '@talktime/core/exhaustive'
import type { Ledger } from '../../ledger/index.ts'
import type { DialFailureReason, DialResult } from '../../voice/index.ts'
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
type NotCalled = { readonly callId: string; readonly dialed?: DialResult }

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
    const reason = findPauseReason(notCalled)
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

/**
 * Finds why the campaign must pause. Credits that have run out do not pause it here: the credit watch pauses it, because
 * only the credit watch sees that credits return.
 */
function findPauseReason(notCalled: readonly NotCalled[]): PauseReason | null {
  for (const { dialed } of notCalled) {
    if (dialed?.outcome === 'refused') {
      const { reason } = dialed
      if (reason !== 'concurrency_limit' && reason !== 'out_of_credits') return reason
    }
    const reason = dialed?.outcome === 'failed' ? findPauseReasonOfFailure(dialed.reason) : null
    if (reason !== null) return reason
  }
  return null
}

/** Finds whether a failure concerns every contact of the campaign: then the campaign must pause. */
function findPauseReasonOfFailure(failure: DialFailureReason): PauseReason | null {
  switch (failure) {
    case 'agent_not_found':
      return 'agent_disabled'
    case 'no_caller_number':
    case 'no_endpoint':
      return 'carrier_failing'
    case 'canceled':
    case 'carrier_missing':
    case 'invalid_number':
    case 'not_authorized':
    case 'over':
    case 'rejected_by_carrier':
    case 'withdrawn':
      return null
    default:
      return assertNever(failure)
  }
}
