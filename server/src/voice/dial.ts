import type { RefusalReason } from '@talktime/core/calls/authorize'
import { isOpen } from '@talktime/core/calls/call'
import { agentProblems } from '../agents/index.ts'
import type { CallRow } from '../calls/index.ts'
import { invariant, type ProblemType } from '../platform/problem.ts'
import { cancelOrder } from './cancel-order.ts'
import {
  type Carrier,
  CarrierUnreachable,
  computeWaitMs,
  type OnVoicemail,
  type PlacementRejection,
} from './carrier.ts'
import { findCarrier, loadCallOfLeg, type VoiceContext } from './deps.ts'
import {
  type AgentToCall,
  beginPlacing,
  closeLeg,
  closeOrderedLeg,
  ensureLeg,
  findAgentById,
  findLegByCall,
  type LegRow,
  recordPlaced,
} from './leg-store.ts'

/** A call that a campaign wants to make. */
export type DialOrder = {
  readonly workspaceId: string
  /** The UUID that the call will get. Orders with one id are one call. */
  readonly callId: string
  readonly agentId: string
  readonly campaignId: string | null
  /** The number to call, in E.164. */
  readonly to: string
  readonly onVoicemail: OnVoicemail
}

/** Why a dial failed. */
export type DialFailureReason =
  | PlacementRejection
  /** The order was canceled before a carrier was asked. */
  | 'withdrawn'
  /** The call has a hang-up order from before a carrier was asked. */
  | 'canceled'
  /** The call had ended before a carrier was asked. */
  | 'over'
  /** The carrier of the order is no longer set up. */
  | 'carrier_missing'
  /** The carrier needs a number to call from, and the agent has none. */
  | 'no_caller_number'
  /** The carrier needs the agent's voice endpoint, and the agent has none. */
  | 'no_endpoint'
  | 'agent_not_found'
  /** The call could not be authorized for another reason; the detail says which. */
  | 'not_authorized'

/** What became of an order. */
export type DialResult =
  /** A carrier has the call, or had it. The call says what became of it. */
  | { readonly outcome: 'placed' }
  /** The gate refused the call. */
  | { readonly outcome: 'refused'; readonly reason: RefusalReason }
  /** Nobody was called. */
  | { readonly outcome: 'failed'; readonly reason: DialFailureReason; readonly detail: string }
  /** The carrier's answer was lost, or another process waits for it. The order is not dialed again: the carrier is asked. */
  | { readonly outcome: 'unknown' }

type DialFailure = Extract<DialResult, { outcome: 'failed' }>

/** The longest time that an outbound call may ring. */
export const RING_MS_MAX = 45_000
/** How long another process waits for the carrier's answer before it asks the carrier about the order. */
const PLACING_MS_MAX = 20_000
/** How long after the longest ringing the carrier is asked if no report arrived. */
const QUIET_MS_MAX = 15_000

const WITHDRAWN: DialFailure = {
  outcome: 'failed',
  reason: 'withdrawn',
  detail: 'The order was canceled before a carrier was asked.',
}

/**
 * Asks the gate and has the carrier place the call. May be repeated with one order at any time, by any process and after
 * any crash: the call is placed once.
 */
export async function dial(context: VoiceContext, order: DialOrder): Promise<DialResult> {
  const { database, clock, outbound } = context
  const { workspaceId, callId, to, onVoicemail } = order
  const agent = await findAgentById(database, workspaceId, order.agentId)
  const known = await findLegByCall(database, callId)
  const missing = known === undefined ? findMissing(outbound, agent) : undefined
  if (missing !== undefined) return missing
  const fresh = { workspaceId, callId, carrier: outbound.name, state: 'ordered', ref: null } as const
  const from = agent?.phoneNumber ?? null
  const leg =
    known ??
    (await ensureLeg(
      database,
      { ...fresh, from, to, ringMsMax: RING_MS_MAX, onVoicemail, placedAtMs: clock.now() },
      null,
    ))
  if (leg.state === 'over' && (await loadCallOfLeg(context, leg)) === undefined) return WITHDRAWN
  return authorize(context, order, leg)
}

/** Starts the call of an order at the gate, and has it placed if it may be. */
async function authorize(context: VoiceContext, order: DialOrder, leg: LegRow): Promise<DialResult> {
  const { database, engine } = context
  const { workspaceId, callId, agentId, campaignId, to } = order
  const started = await engine.submit({
    type: 'start',
    workspaceId,
    callId,
    agentId,
    direction: 'outbound',
    from: leg.from,
    to,
    externalId: null,
    atMs: null,
    campaignId,
    carrier: leg.carrier,
  })
  if (started.outcome === 'problem') {
    await closeLeg(database, leg)
    return { outcome: 'failed', reason: findFailureReason(started.problem), detail: started.detail }
  }
  const { call } = started
  if (call.refusalReason !== null) {
    await closeLeg(database, leg)
    return { outcome: 'refused', reason: call.refusalReason }
  }
  if (leg.state === 'over' && isOpen(call.facts)) {
    // The order was canceled before there was a call, perhaps by a process that ended before it could end the call.
    await cancelOrder(context, leg)
    return WITHDRAWN
  }
  if (leg.state === 'placed' || leg.state === 'over') return { outcome: 'placed' }
  if (leg.state === 'placing') return { outcome: 'unknown' }
  if (!isOpen(call.facts)) {
    await closeLeg(database, leg)
    return { outcome: 'failed', reason: 'over', detail: 'The call is over already.' }
  }
  // The carrier of the order, although outbound calls may go through another one by now.
  const carrier = findCarrier(context, leg.carrier)
  if (carrier === undefined) {
    await endCall(context, leg, 'failed')
    const detail = `The carrier ${leg.carrier} is no longer set up.`
    return { outcome: 'failed', reason: 'carrier_missing', detail }
  }
  return place(context, carrier, leg, call)
}

async function place(
  context: VoiceContext,
  carrier: Carrier,
  leg: LegRow,
  call: CallRow,
): Promise<DialResult> {
  const { database, clock } = context
  const nowMs = clock.now()
  const began = await beginPlacing(database, leg, nowMs, nowMs + PLACING_MS_MAX)
  if (!began) return resolveNotPlaced(context, leg)
  const { workspaceId, callId, from, to, ringMsMax, onVoicemail } = leg
  invariant(to !== null, 'A call that is placed has a number to call')
  const order = { workspaceId, callId, from, to, ringMsMax, onVoicemail, maxDurationMs: call.maxDurationMs }
  try {
    const placed = await carrier.place(order)
    if (placed.outcome === 'placed') {
      const checkAtMs = nowMs + computeWaitMs(carrier, ringMsMax + QUIET_MS_MAX)
      await recordPlaced(database, leg, placed.ref, checkAtMs)
      return { outcome: 'placed' }
    }
    await endCall(context, leg, placed.reason)
    return { outcome: 'failed', reason: placed.reason, detail: placed.detail }
  } catch (error) {
    if (!(error instanceof CarrierUnreachable)) throw error
    context.onError(error)
    return { outcome: 'unknown' }
  }
}

/** Finds out why this process may not place a call: another one does, or it was canceled or has a hang-up order. */
async function resolveNotPlaced(context: VoiceContext, leg: LegRow): Promise<DialResult> {
  const { database } = context
  if (await closeOrderedLeg(database, leg)) {
    await endCall(context, leg, 'canceled')
    const detail = 'The call was ordered to be hung up before it was placed.'
    return { outcome: 'failed', reason: 'canceled', detail }
  }
  const { state } = (await findLegByCall(database, leg.callId)) ?? leg
  if (state !== 'over') return { outcome: 'unknown' }
  // The order may have been canceled before there was a call to end.
  await cancelOrder(context, leg)
  return WITHDRAWN
}

/** Ends a call that no carrier placed. */
async function endCall(
  { engine, database }: VoiceContext,
  leg: LegRow,
  reason: PlacementRejection | 'failed' | 'canceled',
): Promise<void> {
  const { workspaceId, callId } = leg
  await engine.submit({ type: 'end', by: 'carrier', workspaceId, target: { callId }, atMs: null, reason })
  await closeLeg(database, leg)
}

/** Finds what the carrier needs of an agent and the agent lacks. An agent that does not exist is left to the gate. */
function findMissing(carrier: Carrier, agent: AgentToCall | undefined): DialFailure | undefined {
  if (agent === undefined) return undefined
  if (carrier.needsFrom && agent.phoneNumber === null) {
    const detail = 'The agent has no phone number to call from.'
    return { outcome: 'failed', reason: 'no_caller_number', detail }
  }
  if (carrier.needsEndpoint && agent.voiceEndpoint === null) {
    const detail = 'The agent has no voice endpoint: there is nothing to connect its calls to.'
    return { outcome: 'failed', reason: 'no_endpoint', detail }
  }
  return undefined
}

function findFailureReason(problem: ProblemType): DialFailureReason {
  return problem.code === agentProblems.agent_not_found.code ? 'agent_not_found' : 'not_authorized'
}
