import { isOpen } from '@talktime/core/calls/call'
import type { CallEngine, CallRow } from '../calls/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { type Carrier, type CarrierName, patienceMs } from './carrier.ts'
import {
  checkLegAt,
  checkLegBy,
  closeLeg,
  findLegByCall,
  findLegByRef,
  type LegRow,
  recordPlaced,
} from './leg-store.ts'

/** What a carrier says of a call, by its own name of it or by ours. Instants are epoch milliseconds. */
export type CallReport = {
  readonly carrier: CarrierName
  readonly ref: string
  /** Our call's UUID, where the carrier passes it on. */
  readonly callId?: string | undefined
  /** changed: something happened that the carrier is to be asked about soon. */
  readonly type: 'ringing' | 'answered' | 'ended' | 'changed'
  readonly atMs: number
  /** Of an end: `completed`, `busy`, `no_answer`, `failed`, `voicemail`, `canceled`, … */
  readonly reason?: string | undefined
  /** Of an end: how long it was talked, by which an answer is known that nobody reported. */
  readonly talkedMs?: number | undefined
}

/** What this room's loops stand on. */
export type ReportDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
  readonly carrierOf: (name: CarrierName) => Carrier | undefined
  readonly callOf: (leg: Pick<LegRow, 'workspaceId' | 'callId'>) => Promise<CallRow | undefined>
  /** Does something that nobody waits for; where it fails, `onError` hears of it. */
  readonly inBackground: (work: Promise<unknown>) => void
  readonly onError: (error: unknown) => void
}

/** How often the carrier is asked about a conversation of which nothing is heard. */
export const TALKING_CHECK_MS = 60_000
/** How long after the hard stop it is asked. */
const AFTER_HARD_STOP_MS = 5_000
/** How long after something happened to a call its carrier is asked, should it say no more by itself. */
export const SOON_MS = 5_000

/** Takes a report. One of a call that nobody knows is passed over: it is not ours. */
export async function report(around: ReportDeps, said: CallReport): Promise<void> {
  const { database, clock } = around
  const leg = await legOf(around, said)
  if (leg === undefined) return
  if (leg.state === 'over' && leg.ref === null) return isAliveAfterAll(around, leg, said)
  // The order's answer may have been lost: that the carrier speaks of the call shows that it has it.
  if (leg.ref === null) {
    const ringsMs = patienceMs(around.carrierOf(leg.carrier), leg.ringMsMax)
    await recordPlaced(database, leg, said.ref, clock.now() + ringsMs)
  }
  const known = { ...leg, ref: said.ref }
  if (said.type === 'changed') return checkLegBy(database, known, clock.now() + SOON_MS)
  const before = said.type === 'answered' ? await around.callOf(known) : undefined
  const call = await learn(around, known, said)
  if (before?.facts.answeredAtMs === null && call !== undefined)
    around.inBackground(limit(around, known, call))
}

/** The leg that a carrier speaks of. */
export async function legOf(
  { database }: Pick<ReportDeps, 'database'>,
  { carrier, ref, callId }: Pick<CallReport, 'carrier' | 'ref' | 'callId'>,
): Promise<LegRow | undefined> {
  const byRef = await findLegByRef(database, carrier, ref)
  if (byRef !== undefined || callId === undefined) return byRef
  const leg = await findLegByCall(database, callId)
  // Our call is another one of the carrier's, or another carrier's.
  return leg?.carrier === carrier && leg.ref === null ? leg : undefined
}

/** The carrier knew nothing of the call when it was asked, so it was closed; now it speaks of it. Nobody is to talk there. */
async function isAliveAfterAll(around: ReportDeps, leg: LegRow, { type, ref }: CallReport): Promise<void> {
  const carrier = around.carrierOf(leg.carrier)
  if (type === 'ended' || carrier === undefined) return
  around.inBackground(carrier.hangUp({ ...leg, ref }))
}

/** Hands a fact of a call to the engine. Returns the call as it is then, where the fact was its answer. */
export async function learn(
  around: ReportDeps,
  leg: LegRow,
  said: Pick<CallReport, 'type' | 'atMs' | 'reason' | 'talkedMs'>,
): Promise<CallRow | undefined> {
  const { database, engine } = around
  const { workspaceId, callId } = leg
  const about = { workspaceId, target: { callId }, vouched: true }
  if (said.type === 'answered') {
    const answered = await engine.submit({ type: 'answer', ...about, atMs: said.atMs })
    if (answered.outcome !== 'call') return undefined
    await checkLegAt(database, leg, nextCheckMs(around.carrierOf(leg.carrier), answered.call, said.atMs))
    return answered.call
  }
  if (said.type === 'ended') {
    if (said.talkedMs && (await around.callOf(leg))?.facts.answeredAtMs === null) {
      await engine.submit({ type: 'answer', ...about, atMs: said.atMs - said.talkedMs })
    }
    const ended = await engine.submit({ type: 'end', ...about, atMs: said.atMs, reason: said.reason ?? null })
    if (ended.outcome === 'call') await closeLeg(database, leg)
    // It comes before our own call was written down.
    else await checkLegBy(database, leg, around.clock.now() + SOON_MS)
  }
  return undefined
}

/** Hands the hard stop of a call that came in to a carrier that was not told it when it was connected. */
export async function limit(around: ReportDeps, leg: LegRow, call: CallRow): Promise<void> {
  const carrier = around.carrierOf(leg.carrier)
  if (call.direction !== 'inbound' || carrier?.limit === undefined || !isOpen(call.facts)) return
  try {
    await carrier.limit(leg, call.maxDurationMs)
  } catch (error) {
    // Whoever asks after the call tells it again.
    await checkLegBy(around.database, leg, around.clock.now() + SOON_MS)
    throw error
  }
}

/** When to ask about a call in conversation: now and then, and once its hard stop has passed. */
export function nextCheckMs(carrier: Carrier | undefined, call: CallRow, nowMs: number): number {
  const { answeredAtMs } = call.facts
  const soonMs = nowMs + patienceMs(carrier, TALKING_CHECK_MS)
  if (answeredAtMs === null) return soonMs
  const afterStopMs = answeredAtMs + call.maxDurationMs + AFTER_HARD_STOP_MS
  return afterStopMs > nowMs ? Math.min(soonMs, afterStopMs) : nowMs + 30_000
}
