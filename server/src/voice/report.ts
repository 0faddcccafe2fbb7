import type { CallEngine, CallRow } from '../calls/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Carrier, CarrierName } from './carrier.ts'
import { checkLegAt, closeLeg, findLegByCall, findLegByRef, type LegRow, recordPlaced } from './store.ts'

/** What a carrier says of a call, by its own name of it or by ours. Instants are epoch milliseconds. */
export type CallReport = {
  readonly carrier: CarrierName
  readonly ref: string
  /** Our call's UUID, where the carrier passes it on. */
  readonly callId?: string | undefined
  readonly type: 'ringing' | 'answered' | 'ended'
  readonly atMs: number
  /** Of an end: `completed`, `busy`, `no_answer`, `failed`, `voicemail`, `canceled`, … */
  readonly reason?: string | undefined
}

/** What this room's loops stand on. */
export type Around = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
  readonly carrierOf: (name: CarrierName) => Carrier | undefined
  readonly callOf: (leg: Pick<LegRow, 'workspaceId' | 'callId'>) => Promise<CallRow | undefined>
  readonly onError: (error: unknown) => void
}

/** How often the carrier is asked about a conversation of which nothing is heard. */
export const TALKING_CHECK_MS = 5 * 60_000
/** How long after the hard stop it is asked. */
const AFTER_HARD_STOP_MS = 5_000

/** Takes a report. One of a call that nobody knows is passed over: it is not ours. */
export async function report(around: Around, said: CallReport): Promise<void> {
  const { database } = around
  const leg =
    (await findLegByRef(database, said.carrier, said.ref)) ??
    (said.callId === undefined ? undefined : await findLegByCall(database, said.callId))
  if (leg === undefined || leg.carrier !== said.carrier) return
  // The order's answer may have been lost: that the carrier speaks of the call shows that it has it.
  if (leg.ref === null) {
    await recordPlaced(database, leg, said.ref, around.clock.now() + leg.ringMsMax)
  }
  await learn(around, leg, said)
}

/** Hands a fact of a call to the engine. */
export async function learn(
  { database, engine }: Pick<Around, 'database' | 'engine'>,
  leg: LegRow,
  said: Pick<CallReport, 'type' | 'atMs' | 'reason'>,
): Promise<void> {
  const { workspaceId, callId } = leg
  const about = { workspaceId, target: { callId }, atMs: said.atMs, vouched: true }
  if (said.type === 'answered') {
    const answered = await engine.submit({ type: 'answer', ...about })
    if (answered.outcome === 'call') await checkLegAt(database, leg, nextCheckMs(answered.call, said.atMs))
  }
  if (said.type === 'ended') {
    await engine.submit({ type: 'end', ...about, reason: said.reason ?? null })
    await closeLeg(database, leg)
  }
}

/** When to ask about a call in conversation: now and then, and once its hard stop has passed. */
export function nextCheckMs(call: CallRow, nowMs: number): number {
  const { answeredAtMs } = call.facts
  const soonMs = nowMs + TALKING_CHECK_MS
  if (answeredAtMs === null) return soonMs
  const afterStopMs = answeredAtMs + call.maxDurationMs + AFTER_HARD_STOP_MS
  return afterStopMs > nowMs ? Math.min(soonMs, afterStopMs) : nowMs + 30_000
}
