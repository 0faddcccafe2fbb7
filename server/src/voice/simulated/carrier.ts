import { createHash } from 'node:crypto'
import { DAY_MS } from '@talktime/core/time/durations'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { createSeededRandom, type SeededRandom } from '../../platform/seeded-random.ts'
import type { CarrierReport } from '../apply-carrier-report.ts'
import {
  type Carrier,
  type CarrierLeg,
  type CarrierState,
  CarrierUnreachable,
  type Placed,
  type PlaceOrder,
} from '../carrier.ts'
import {
  deleteCallsEndedBefore,
  deleteMessagesFrom,
  endCall,
  findCall,
  insertCall,
  insertMessages,
  type SimulatedCall,
  takeDueReports,
} from './call-store.ts'
import { planCall, planMessages, type SimulatedLife } from './life.ts'

/**
 * A carrier that imagines the people it calls. It keeps its own records, so its calls go on whatever becomes of the
 * server that placed them. The id of a call alone decides what happens to it.
 */
export type SimulatedCarrier = Carrier & {
  /** Delivers the reports that are due. Returns their number. Several servers may do so at a time. */
  deliverDue(deliver: (report: CarrierReport) => Promise<void>): Promise<number>
  /** Deletes up to `limit` calls that were over long ago. */
  deleteExpired(limit?: number): Promise<void>
}

export type SimulatedCarrierDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly life: SimulatedLife
  /** Whether the carrier answers. Left out: always. */
  readonly reachable?: () => boolean
  /** Receives errors of delivering a report. */
  readonly onError: (error: unknown) => void
}

const DELIVERY_BATCH_MAX = 200
const DELETED_MAX = 10_000
/** How long an ended call is kept. Nobody asks about a call that is older. */
export const SIMULATED_CALL_RETENTION_MS = 30 * DAY_MS

export function createSimulatedCarrier(deps: SimulatedCarrierDeps): SimulatedCarrier {
  const { database, clock, life, onError } = deps

  function requireReachable(): void {
    if (deps.reachable?.() === false) throw new CarrierUnreachable('The simulated carrier cannot be reached')
  }

  return {
    name: 'simulated',
    needsFrom: false,
    needsEndpoint: false,
    pace: life.pace,
    async place(order) {
      requireReachable()
      return place(database, life, order, clock.now())
    },
    async hangUp(leg) {
      requireReachable()
      await hangUp(database, leg, clock.now())
    },
    async lookUp({ callId }) {
      requireReachable()
      const call = await findCall(database, callId)
      return call === undefined ? { state: 'unknown' } : readState(call, clock.now())
    },
    async deliverDue(deliver) {
      for (let delivered = 0; ; ) {
        const due = await takeDueReports(database, clock.now(), DELIVERY_BATCH_MAX)
        await Promise.all(due.map((report) => deliver(report).catch(onError)))
        delivered += due.length
        if (due.length < DELIVERY_BATCH_MAX) return delivered
      }
    },
    deleteExpired: (limit = DELETED_MAX) =>
      deleteCallsEndedBefore(database, clock.now() - SIMULATED_CALL_RETENTION_MS, limit),
  }
}

async function place(
  database: Database,
  life: SimulatedLife,
  order: PlaceOrder,
  nowMs: number,
): Promise<Placed> {
  const random = createRandomOfCall(order.callId)
  const plan = planCall(life, order, random, nowMs)
  const ref = `sim_${order.callId.replaceAll('-', '')}`
  await database.transaction(async (tx) => {
    const isNew = await insertCall(tx, order.callId, { ref, ...plan }, nowMs)
    if (isNew) await insertMessages(tx, ref, planMessages(life, nowMs, plan, random))
  })
  return { outcome: 'placed', ref }
}

/** Ends a call and reports its end. A call that was over already stays as it was, and its end is reported again. */
async function hangUp(database: Database, { callId }: CarrierLeg, nowMs: number): Promise<void> {
  await database.transaction(async (tx) => {
    const call = await endCall(tx, callId, nowMs)
    if (call === undefined) return
    if (call.wasCut) await deleteMessagesFrom(tx, call.ref, nowMs)
    await insertMessages(tx, call.ref, [{ kind: 'ended', atMs: call.endsAtMs, dueAtMs: nowMs }])
  })
}

function createRandomOfCall(callId: string): SeededRandom {
  return createSeededRandom(createHash('sha256').update(callId).digest().readUInt32BE())
}

function readState({ ref, answersAtMs, endsAtMs, reason }: SimulatedCall, nowMs: number): CarrierState {
  if (nowMs >= endsAtMs) return { state: 'over', ref, answeredAtMs: answersAtMs, endedAtMs: endsAtMs, reason }
  if (answersAtMs === null || nowMs < answersAtMs) return { state: 'ringing', ref }
  return { state: 'in_conversation', ref, answeredAtMs: answersAtMs }
}
