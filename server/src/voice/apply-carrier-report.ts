import { isOpen } from '@talktime/core/calls/call'
import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { CallRow } from '../calls/index.ts'
import { type Carrier, type CarrierEndReason, type CarrierName, computeWaitMs } from './carrier.ts'
import { findCarrier, loadCallOfLeg, type VoiceContext } from './deps.ts'
import {
  checkLegAt,
  checkLegBy,
  closeLeg,
  findLegByCall,
  findLegByRef,
  type LegRow,
  recordPlaced,
} from './leg-store.ts'

/** A carrier's message about a call. */
export type CarrierReport = {
  readonly carrier: CarrierName
  /** The carrier's own name for the call. */
  readonly ref: string
  /** The UUID of our call, if the carrier passes it on. */
  readonly callId?: string | undefined
  /** `changed`: something happened that only the carrier can explain. It is asked soon. */
  readonly type: 'ringing' | 'answered' | 'ended' | 'changed'
  /** When it happened, in epoch milliseconds. */
  readonly atMs: number
  /** Only of an end. */
  readonly reason?: CarrierEndReason | undefined
  /** Only of an end: how long the conversation lasted. It stands in for an answer that nobody reported. */
  readonly talkedMs?: number | undefined
}

/** What became of a call: a carrier's report or its answer to a question, without the names of the call. */
export type CallFact =
  | { readonly type: 'answered'; readonly atMs: number }
  | {
      readonly type: 'ended'
      readonly atMs: number
      /** `not_placed`: the carrier never got the order. */
      readonly reason?: CarrierEndReason | 'not_placed' | undefined
      readonly talkedMs?: number | undefined
    }

/** How often a carrier is asked about a conversation of which no report arrives. */
const TALKING_CHECK_MS = MINUTE_MS
/** How long after the hard stop the carrier is asked. */
const AFTER_HARD_STOP_MS = 5_000
/** How often the carrier is asked after that, until the call is over. */
const OVERDUE_CHECK_MS = 30_000
/** How long after something happened to a call its carrier is asked if no further report arrives. */
export const CHECK_SOON_MS = 5_000

/** Applies a report of a carrier. Reports may repeat, arrive late and in any order. Ignores calls that are not ours. */
export async function applyCarrierReport(context: VoiceContext, report: CarrierReport): Promise<void> {
  const { database, clock } = context
  const found = await findReportedLeg(context, report)
  if (found === undefined) return
  if (found.state === 'over' && found.ref === null) return hangUpRevivedCall(context, found, report)
  // The answer to the order may have been lost. The report shows that the carrier has the call.
  if (found.ref === null) {
    const ringMs = computeWaitMs(findCarrier(context, found.carrier), found.ringMsMax)
    await recordPlaced(database, found, report.ref, clock.now() + ringMs)
  }
  const leg = { ...found, ref: report.ref }
  const { type, atMs, reason, talkedMs } = report
  switch (type) {
    case 'ringing':
      return
    case 'changed':
      return checkLegBy(database, leg, clock.now() + CHECK_SOON_MS)
    case 'answered': {
      const before = await loadCallOfLeg(context, leg)
      const call = await applyCallFact(context, leg, { type, atMs })
      if (before?.facts.answeredAtMs === null && call !== undefined)
        context.runInBackground(limitDuration(context, leg, call, before))
      return
    }
    case 'ended':
      await applyCallFact(context, leg, { type, atMs, reason, talkedMs })
      return
    default:
      return assertNever(type)
  }
}

/** Finds the leg that a carrier speaks of, by the carrier's name for the call or by ours. */
export async function findReportedLeg(
  { database }: Pick<VoiceContext, 'database'>,
  { carrier, ref, callId }: Pick<CarrierReport, 'carrier' | 'ref' | 'callId'>,
): Promise<LegRow | undefined> {
  const byRef = await findLegByRef(database, carrier, ref)
  if (byRef !== undefined || callId === undefined) return byRef
  const leg = await findLegByCall(database, callId)
  // Our call may already be another call of this carrier, or a call of another carrier.
  return leg?.carrier === carrier && leg.ref === null ? leg : undefined
}

/**
 * Hangs up a call that was closed because the carrier did not know it, and of which the carrier now reports. It is not
 * charged any more, so nobody may talk in it.
 */
async function hangUpRevivedCall(
  context: VoiceContext,
  leg: LegRow,
  { type, ref }: CarrierReport,
): Promise<void> {
  const carrier = findCarrier(context, leg.carrier)
  if (type === 'ended' || carrier === undefined) return
  context.runInBackground(carrier.hangUp({ ...leg, ref }))
}

/** Submits a fact to the call engine. Returns the call after its answer, and undefined in all other cases. */
export async function applyCallFact(
  context: VoiceContext,
  leg: LegRow,
  fact: CallFact,
): Promise<CallRow | undefined> {
  const { database, engine } = context
  const { workspaceId, callId } = leg
  const about = { workspaceId, target: { callId }, by: 'carrier' } as const
  switch (fact.type) {
    case 'answered': {
      const answered = await engine.submit({ type: 'answer', ...about, atMs: fact.atMs })
      if (answered.outcome !== 'call') return undefined
      const carrier = findCarrier(context, leg.carrier)
      await checkLegAt(database, leg, computeNextCheck(carrier, answered.call, fact.atMs))
      return answered.call
    }
    case 'ended': {
      const { atMs, talkedMs, reason } = fact
      if (talkedMs && (await needsAnswer(context, leg))) {
        await engine.submit({ type: 'answer', ...about, atMs: atMs - talkedMs })
      }
      const ended = await engine.submit({ type: 'end', ...about, atMs, reason: reason ?? null })
      if (ended.outcome === 'call') await closeLeg(database, leg)
      // The report arrived before our own call was recorded.
      else await checkLegBy(database, leg, context.clock.now() + CHECK_SOON_MS)
      return undefined
    }
    default:
      return assertNever(fact)
  }
}

/** Whether nobody but the workspace has said when a call was answered, so that the carrier's word is missing. */
async function needsAnswer(context: VoiceContext, leg: LegRow): Promise<boolean> {
  const answeredBy = (await loadCallOfLeg(context, leg))?.facts.answeredBy
  return answeredBy === null || answeredBy === 'workspace'
}

/**
 * Sends the hard stop of a call to its carrier: of an incoming call, because the carrier did not learn it when the call
 * was connected, and of any call whose hard stop has moved.
 *
 * @param before the call when its hard stop was last sent
 */
export async function limitDuration(
  context: VoiceContext,
  leg: LegRow,
  call: CallRow,
  before: Pick<CallRow, 'maxDurationMs'>,
): Promise<void> {
  const carrier = findCarrier(context, leg.carrier)
  const isNews = call.direction === 'inbound' || call.maxDurationMs !== before.maxDurationMs
  if (!isNews || carrier?.limitDuration === undefined || !isOpen(call.facts)) return
  try {
    await carrier.limitDuration(leg, call.maxDurationMs)
  } catch (error) {
    // The next check of the call sends it again.
    await checkLegBy(context.database, leg, context.clock.now() + CHECK_SOON_MS)
    throw error
  }
}

/** Computes when to ask about a live call: regularly, and right after its hard stop. */
export function computeNextCheck(carrier: Carrier | undefined, call: CallRow, nowMs: number): number {
  const { answeredAtMs } = call.facts
  const regularMs = nowMs + computeWaitMs(carrier, TALKING_CHECK_MS)
  if (answeredAtMs === null) return regularMs
  const afterStopMs = answeredAtMs + call.maxDurationMs + AFTER_HARD_STOP_MS
  return afterStopMs > nowMs ? Math.min(regularMs, afterStopMs) : nowMs + OVERDUE_CHECK_MS
}
