import type { RefusalReason } from '@talktime/core/calls/authorize'
import { isOpen } from '@talktime/core/calls/call'
import type { CallRow } from '../calls/index.ts'
import { newUuid } from '../platform/ids.ts'
import { CHECK_SOON_MS, findReportedLeg } from './apply-carrier-report.ts'
import type { CarrierName } from './carrier.ts'
import { loadCallOfLeg, type VoiceContext } from './deps.ts'
import { RING_MS_MAX } from './dial.ts'
import {
  type AgentToCall,
  checkLegBy,
  closeLeg,
  ensureIncomingLeg,
  findAgentById,
  findAgentByNumber,
  recordPlaced,
} from './leg-store.ts'

/** A call that comes in. */
export type IncomingCall = {
  readonly carrier: CarrierName
  /** The carrier's own name for the call. */
  readonly ref: string
  /** The caller's number in E.164. Null if the caller hides it. */
  readonly from: string | null
  /** The number that was called, in E.164. */
  readonly to: string
}

/** An outbound call that was answered. */
export type AnsweredCall = {
  readonly carrier: CarrierName
  /** The carrier's own name for the call. */
  readonly ref: string
  /** The UUID of our call. */
  readonly callId: string
}

/** Connect a call to its agent. */
export type ConnectDecision = {
  readonly decision: 'connect'
  readonly call: CallRow
  readonly agent: AgentToCall & { voiceEndpoint: string }
}

export type IncomingDecision =
  | ConnectDecision
  | {
      readonly decision: 'reject'
      readonly reason: RefusalReason | 'unknown_number' | 'no_endpoint' | 'over'
    }

export type AnsweredDecision =
  | ConnectDecision
  | { readonly decision: 'hang_up'; readonly reason: 'unknown_call' | 'over' | 'ordered' | 'no_endpoint' }

/** How long after a call came in the carrier is asked if no report arrived. An agent answers within moments. */
const UNHEARD_MS_MAX = 10_000

/** Decides whether an incoming call is connected, and to what. Repeats with one `ref` get one decision. */
export async function decideIncomingCall(
  context: VoiceContext,
  { carrier, ref, from, to }: IncomingCall,
): Promise<IncomingDecision> {
  const { database, clock, engine } = context
  const agent = await findAgentByNumber(database, to)
  if (agent === undefined) return { decision: 'reject', reason: 'unknown_number' }
  const { voiceEndpoint, workspaceId, id: agentId } = agent
  if (voiceEndpoint === null) {
    context.runInBackground(context.onUnconnected(agent))
    return { decision: 'reject', reason: 'no_endpoint' }
  }
  const nowMs = clock.now()
  // The leg comes first, so that reconciliation finds a call that began although this process ended.
  const placed = { workspaceId, callId: newUuid(nowMs), carrier, state: 'placed', ref, from, to } as const
  const leg = await ensureIncomingLeg(
    database,
    { ...placed, ringMsMax: RING_MS_MAX, onVoicemail: 'talk', placedAtMs: nowMs },
    nowMs + UNHEARD_MS_MAX,
  )
  if (leg.state === 'over' && (await loadCallOfLeg(context, leg)) === undefined)
    return { decision: 'reject', reason: 'over' }
  const started = await engine.submit({
    type: 'start',
    workspaceId,
    callId: leg.callId,
    agentId,
    direction: 'inbound',
    from,
    to,
    externalId: ref,
    atMs: null,
    carrier,
  })
  if (started.outcome === 'problem' || started.call.refusalReason !== null) {
    await closeLeg(database, leg)
    const reason = started.outcome === 'call' ? started.call.refusalReason : null
    return { decision: 'reject', reason: reason ?? 'unknown_number' }
  }
  const { call } = started
  if (!isOpen(call.facts)) return { decision: 'reject', reason: 'over' }
  return { decision: 'connect', call, agent: { ...agent, voiceEndpoint } }
}

/** Decides whether an outbound call that was answered is connected, and to what. */
export async function decideAnsweredCall(
  context: VoiceContext,
  answered: AnsweredCall,
): Promise<AnsweredDecision> {
  const { database, clock } = context
  const leg = await findReportedLeg(context, answered)
  if (leg === undefined) return { decision: 'hang_up', reason: 'unknown_call' }
  const checkAtMs = clock.now() + CHECK_SOON_MS
  if (leg.ref === null) await recordPlaced(database, leg, answered.ref, checkAtMs)
  else await checkLegBy(database, leg, checkAtMs)
  const call = await loadCallOfLeg(context, leg)
  if (call === undefined || !isOpen(call.facts)) return { decision: 'hang_up', reason: 'over' }
  if (call.hangUpAtMs !== null) return { decision: 'hang_up', reason: 'ordered' }
  const agent = await findAgentById(database, leg.workspaceId, call.agentId)
  const voiceEndpoint = agent?.voiceEndpoint ?? null
  if (agent === undefined || voiceEndpoint === null) return { decision: 'hang_up', reason: 'no_endpoint' }
  return { decision: 'connect', call, agent: { ...agent, voiceEndpoint } }
}
