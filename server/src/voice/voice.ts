import type { RefusalReason } from '@talktime/core/calls/authorize'
import { isOpen } from '@talktime/core/calls/call'
import { type CallEngine, type CallRow, loadCalls } from '../calls/index.ts'
import { createBackground } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'
import { type CallReport, legOf, report, SOON_MS } from './apply-carrier-report.ts'
import { withdraw } from './cancel-order.ts'
import { type Carrier, type CarrierName, CarrierUnreachable, patienceMs } from './carrier.ts'
import { hangUpOrdered } from './hang-up.ts'
import {
  type AgentToCall,
  beginPlacing,
  checkAllLegs,
  checkLegBy,
  closeLeg,
  ensureIncomingLeg,
  ensureLeg,
  findAgentById,
  findAgentByNumber,
  findLegByCall,
  type LegRow,
  recordPlaced,
} from './leg-store.ts'
import { reconcileLegs } from './reconcile.ts'

/** A call that a campaign wants made. */
export type DialOrder = {
  readonly workspaceId: string
  /** The UUID that the call gets: the same one is the same call, however often it is ordered. */
  readonly callId: string
  readonly agentId: string
  readonly campaignId: string | null
  /** E.164. */
  readonly to: string
  readonly onVoicemail: 'hang_up' | 'talk'
}

export type Dialed =
  /** It is with the carrier, or was: what became of it is in the call. */
  | { readonly outcome: 'placed' }
  /** The gate refused it. */
  | { readonly outcome: 'refused'; readonly reason: RefusalReason }
  /** It is over before it began. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly detail: string }
  /** The carrier's answer was lost, or another process waits for it: it is found out, and not dialled again. */
  | { readonly outcome: 'unknown' }

/** Who calls in, and by which name the carrier knows the call. */
export type Incoming = {
  readonly carrier: CarrierName
  readonly ref: string
  /** E.164, where the caller shows one. */
  readonly from: string | null
  /** E.164: the number that was called. */
  readonly to: string
}

export type IncomingDecision =
  | {
      readonly decision: 'connect'
      readonly call: CallRow
      readonly agent: AgentToCall & { voiceEndpoint: string }
    }
  | {
      readonly decision: 'reject'
      readonly reason: RefusalReason | 'unknown_number' | 'no_endpoint' | 'over'
    }

/** A call that was placed, by both names of it. */
export type AnsweredCall = { readonly carrier: CarrierName; readonly ref: string; readonly callId: string }

export type AnsweredDecision =
  | Extract<IncomingDecision, { decision: 'connect' }>
  | { readonly decision: 'hang_up'; readonly reason: 'unknown_call' | 'over' | 'ordered' | 'no_endpoint' }

/** How calls get to the voice stacks that Talktime itself speaks to, and what is heard back from them. */
export type Voice = {
  /** The carrier that outbound calls go through. */
  readonly outbound: Pick<Carrier, 'name' | 'needsFrom' | 'needsEndpoint'>
  /**
   * Asks the gate and has the call placed. It may be repeated with the same order at any time, by any process and after
   * any crash: the call is placed once.
   */
  dial(order: DialOrder): Promise<Dialed>
  /**
   * Takes an order back, unless a carrier was asked to place it already. True where there is no call; otherwise what
   * became of it is in the call.
   */
  withdraw(order: Pick<DialOrder, 'workspaceId' | 'callId'>): Promise<boolean>
  /** Decides whether a call that comes in is connected, and to what. The same `ref` gives the same decision. */
  incoming(call: Incoming): Promise<IncomingDecision>
  /** Decides what a call that was placed and answered is connected to. */
  answered(call: AnsweredCall): Promise<AnsweredDecision>
  /** What a carrier says of a call: repeated, late and in any order. */
  report(said: CallReport): Promise<void>
  /** Tells the carriers of calls that were ordered to be hung up, again and again until they are over. */
  hangUpOrdered(): Promise<number>
  /** At the start: whatever the carriers said while this server was down is asked for. */
  start(): Promise<void>
  /** Asks the carriers about calls of which nothing was heard. */
  reconcile(): Promise<number>
  /** In the background: calls were ordered to be hung up. */
  wake(): void
  idle(): Promise<void>
}

export type VoiceDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
  /** Those that are set up. */
  readonly carriers: readonly Carrier[]
  /** The one of them that outbound calls go through. */
  readonly outbound: Carrier
  /** Notes that a call to an agent was turned away, because there is nothing to connect it to. */
  readonly onUnconnected: (agent: AgentToCall) => Promise<void>
  /** A carrier did not do what it should; it will be tried again. */
  readonly onError: (error: unknown) => void
}

/** How long an outbound call may ring. */
export const RING_MS_MAX = 45_000
/** How long a carrier's answer is waited for elsewhere, before it is asked what became of the order. */
const PLACING_MS_MAX = 20_000
/** How long after the ringing must be over the carrier is asked, if nothing was heard. */
const QUIET_MS_MAX = 15_000
/** How long after a call came in the carrier is asked, if nothing was heard: it is answered in a moment. */
const UNHEARD_MS_MAX = 10_000

const withdrawn: Dialed = {
  outcome: 'failed',
  reason: 'withdrawn',
  detail: 'The order was taken back before a carrier was asked.',
}

export function createVoice(deps: VoiceDeps): Voice {
  const { database, clock, engine, outbound } = deps
  const background = createBackground({ onError: deps.onError })

  function carrierOf(name: CarrierName): Carrier | undefined {
    return deps.carriers.find((carrier) => carrier.name === name)
  }

  async function end(leg: LegRow, reason: string): Promise<void> {
    const { workspaceId, callId } = leg
    await engine.submit({ type: 'end', workspaceId, target: { callId }, atMs: null, reason })
    await closeLeg(database, leg)
  }

  async function dial(order: DialOrder): Promise<Dialed> {
    const { workspaceId, callId, agentId, campaignId, to, onVoicemail } = order
    const agent = await findAgentById(database, workspaceId, agentId)
    const from = agent?.phoneNumber ?? null
    const known = await findLegByCall(database, callId)
    const missing = known === undefined ? missingFor(outbound, agent) : undefined
    if (missing !== undefined) return { outcome: 'failed', ...missing }
    const fresh = { workspaceId, callId, carrier: outbound.name, state: 'ordered', ref: null } as const
    const leg =
      known ??
      (await ensureLeg(
        database,
        { ...fresh, from, to, ringMsMax: RING_MS_MAX, onVoicemail, placedAtMs: clock.now() },
        null,
      ))
    if (leg.state === 'over' && (await callOf(leg)) === undefined) return withdrawn
    // A carrier that was switched meanwhile: the call stays with the one it was ordered from.
    const carrier = carrierOf(leg.carrier)
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
      return { outcome: 'failed', reason: started.problem.code, detail: started.detail }
    }
    const { call } = started
    if (call.refusalReason !== null) {
      await closeLeg(database, leg)
      return { outcome: 'refused', reason: call.refusalReason }
    }
    if (leg.state === 'over' && isOpen(call.facts)) {
      // It was taken back while there was no call yet, by whoever took it back or by a process that is no more.
      await withdraw(around, leg)
      return withdrawn
    }
    if (leg.state === 'placed' || leg.state === 'over') return { outcome: 'placed' }
    if (leg.state === 'placing') return { outcome: 'unknown' }
    if (!isOpen(call.facts)) {
      await closeLeg(database, leg)
      return {
        outcome: 'failed',
        reason: call.facts.endReason ?? 'canceled',
        detail: 'The call is over already.',
      }
    }
    if (carrier === undefined) {
      await end(leg, 'failed')
      const detail = `The carrier ${leg.carrier} is not set up any more.`
      return { outcome: 'failed', reason: 'carrier_missing', detail }
    }
    return place(carrier, leg, call)
  }

  async function place(carrier: Carrier, leg: LegRow, call: CallRow): Promise<Dialed> {
    const nowMs = clock.now()
    const began = await beginPlacing(database, leg, nowMs, nowMs + PLACING_MS_MAX)
    if (!began) return canceledOrUnknown(leg)
    const { workspaceId, callId, from, to, ringMsMax, onVoicemail } = leg
    invariant(to !== null, 'A call that is placed has a number to call')
    const order = { workspaceId, callId, from, to, ringMsMax, onVoicemail, maxDurationMs: call.maxDurationMs }
    try {
      const placed = await carrier.place(order)
      if (placed.outcome === 'placed') {
        await recordPlaced(database, leg, placed.ref, nowMs + patienceMs(carrier, ringMsMax + QUIET_MS_MAX))
        return { outcome: 'placed' }
      }
      await end(leg, placed.reason)
      return { outcome: 'failed', reason: placed.reason, detail: placed.detail }
    } catch (error) {
      if (!(error instanceof CarrierUnreachable)) throw error
      deps.onError(error)
      return { outcome: 'unknown' }
    }
  }

  /** Somebody else places it, or it was ordered to be hung up before anybody did. */
  async function canceledOrUnknown(leg: LegRow): Promise<Dialed> {
    const { rows } = await database.query<{ state: string }>(
      `update voice_legs set state = 'over', next_check_at_ms = null
       where workspace_id = $1 and call_id = $2 and state = 'ordered' returning state`,
      [leg.workspaceId, leg.callId],
    )
    if (rows.length === 0) {
      const { state } = (await findLegByCall(database, leg.callId)) ?? leg
      if (state !== 'over') return { outcome: 'unknown' }
      // Whoever took the order back may have done so before there was a call to be ended.
      await withdraw(around, leg)
      return withdrawn
    }
    await end(leg, 'canceled')
    return {
      outcome: 'failed',
      reason: 'canceled',
      detail: 'The call was to be hung up before it was placed.',
    }
  }

  async function incoming({ carrier, ref, from, to }: Incoming): Promise<IncomingDecision> {
    const agent = await findAgentByNumber(database, to)
    if (agent === undefined) return { decision: 'reject', reason: 'unknown_number' }
    const { voiceEndpoint, workspaceId, id: agentId } = agent
    if (voiceEndpoint === null) {
      background.run(deps.onUnconnected(agent))
      return { decision: 'reject', reason: 'no_endpoint' }
    }
    const nowMs = clock.now()
    // First, so that a call which begins is found whatever becomes of this process.
    const placed = { workspaceId, callId: newUuid(nowMs), carrier, state: 'placed', ref, from, to } as const
    const leg = await ensureIncomingLeg(
      database,
      { ...placed, ringMsMax: RING_MS_MAX, onVoicemail: 'talk', placedAtMs: nowMs },
      nowMs + UNHEARD_MS_MAX,
    )
    if (leg.state === 'over' && (await callOf(leg)) === undefined)
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

  async function answered(by: AnsweredCall): Promise<AnsweredDecision> {
    const leg = await legOf(around, by)
    if (leg === undefined) return { decision: 'hang_up', reason: 'unknown_call' }
    if (leg.ref === null) await recordPlaced(database, leg, by.ref, clock.now() + SOON_MS)
    else await checkLegBy(database, leg, clock.now() + SOON_MS)
    const call = await callOf(leg)
    if (call === undefined || !isOpen(call.facts)) return { decision: 'hang_up', reason: 'over' }
    if (call.hangUpAtMs !== null) return { decision: 'hang_up', reason: 'ordered' }
    const agent = await findAgentById(database, leg.workspaceId, call.agentId)
    const voiceEndpoint = agent?.voiceEndpoint ?? null
    if (agent === undefined || voiceEndpoint === null) return { decision: 'hang_up', reason: 'no_endpoint' }
    return { decision: 'connect', call, agent: { ...agent, voiceEndpoint } }
  }

  const around = { ...deps, carrierOf, callOf, inBackground: background.run }

  async function callOf({ workspaceId, callId }: Pick<LegRow, 'workspaceId' | 'callId'>) {
    return (await loadCalls(database, workspaceId, [callId]))[0]
  }

  const hangUpNow = () => hangUpOrdered(around)

  return {
    outbound,
    dial,
    incoming,
    answered,
    withdraw: (order) => withdraw(around, { ...order, carrier: outbound.name }),
    report: (said) => report(around, said),
    hangUpOrdered: hangUpNow,
    start: () => checkAllLegs(database, clock.now()),
    reconcile: () => reconcileLegs(around),
    wake: () => background.run(hangUpNow()),
    idle: background.idle,
  }
}

/** What a carrier needs of an agent to make its calls, and has not. */
function missingFor(
  carrier: Carrier,
  agent: AgentToCall | undefined,
): { readonly reason: string; readonly detail: string } | undefined {
  // That it does not exist is said by the gate.
  if (agent === undefined) return undefined
  if (carrier.needsFrom && agent.phoneNumber === null) {
    return { reason: 'no_caller_number', detail: 'The agent has no phone number to call from.' }
  }
  if (carrier.needsEndpoint && agent.voiceEndpoint === null) {
    const detail = 'The agent has no voice endpoint: there is nothing to connect its calls to.'
    return { reason: 'no_endpoint', detail }
  }
  return undefined
}
