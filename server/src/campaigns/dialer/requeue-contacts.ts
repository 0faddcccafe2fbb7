import { assertNever } from '@talktime/core/exhaustive'
import type { Ledger } from '../../ledger/index.ts'
import type { DialFailureReason, DialResult } from '../../voice/index.ts'
import type { CampaignRow, PauseReason } from '../campaign.ts'
import { findCampaign } from '../campaign-store.ts'
import { pauseCampaign, saveCampaign } from '../lifecycle.ts'
import { type DialRow, type FinishedDial, finishDials, loadDials } from './dial-store.ts'

/** How long a campaign waits when all of the plan's concurrent calls are in use. */
const PLAN_FULL_MS = 3_000
/** How long a campaign waits after another refusal, so that it does not ask again and again. */
const REFUSED_MS = 1_000

export type RequeueDeps = {
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

/** A dial that called nobody. Without `dialed`, its order was canceled before a carrier was asked. */
type NotCalled = { readonly callId: string; readonly dialed?: DialResult }

/**
 * Ends dials that called nobody and requeues their contacts: they wait again and no dial attempt is counted. The campaign
 * waits a little or pauses. A dial that failed at the carrier has a call that says so; the next advance reads it there.
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
    const outcomes = (await loadDials(tx, campaign, []))
      .filter(({ callId, state }) => known.has(callId) && state !== 'over')
      .filter(({ call }) => call === null || call.status === 'refused')
      .map(endAsNotCalled)
    await finishDials(tx, campaign, outcomes)
    const counts = {
      ...campaign.counts,
      calling: campaign.counts.calling - outcomes.length,
      waiting: campaign.counts.waiting + outcomes.length,
    }
    const next = { ...campaign, counts, lookAtMs: nowMs + decideWaitMs(notCalled) }
    const reason = findPauseReason(notCalled)
    if (reason !== null && campaign.status === 'running') await pauseCampaign(tx, unit, next, reason, nowMs)
    else await saveCampaign(tx, unit, next)
  })
}

function endAsNotCalled({ callId, contactId }: DialRow): FinishedDial {
  return {
    callId,
    contactId,
    disposition: 'not_called',
    contactState: 'waiting',
    nextAttemptAtMs: 0,
    isAttempt: false,
    beganByMs: null,
    chargedMs: 0,
    provisional: false,
  }
}

/** How long the campaign waits. 0 after a canceled order or a failure at the carrier: it is looked at again at once. */
function decideWaitMs(notCalled: readonly NotCalled[]): number {
  const reasons = notCalled.map(({ dialed }) => (dialed?.outcome === 'refused' ? dialed.reason : null))
  if (reasons.includes('concurrency_limit')) return PLAN_FULL_MS
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
