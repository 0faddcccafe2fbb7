import { createBackground } from '../platform/background.ts'
import { applyCarrierReport, type CarrierReport } from './apply-carrier-report.ts'
import { cancelOrder } from './cancel-order.ts'
import type { Carrier } from './carrier.ts'
import {
  type AnsweredCall,
  type AnsweredDecision,
  decideAnsweredCall,
  decideIncomingCall,
  type IncomingCall,
  type IncomingDecision,
} from './connect-call.ts'
import type { VoiceContext, VoiceDeps } from './deps.ts'
import { type DialOrder, type DialResult, dial } from './dial.ts'
import { hangUpOrderedCalls } from './hang-up.ts'
import { checkAllLegs } from './leg-store.ts'
import { reconcileLegs } from './reconcile.ts'

/** Makes calls through the carriers that Talktime itself drives, and applies what the carriers report. */
export type Voice = {
  /** The carrier that outbound calls go through. */
  readonly outbound: Pick<Carrier, 'name' | 'needsFrom' | 'needsEndpoint'>
  /**
   * Asks the gate and has the carrier place the call. May be repeated with one order at any time, by any process and
   * after any crash: the call is placed once.
   */
  dial(order: DialOrder): Promise<DialResult>
  /**
   * Cancels an order that no carrier was asked to place yet.
   *
   * @returns true if there is no call. Otherwise the call says what became of the order.
   */
  cancelOrder(order: Pick<DialOrder, 'workspaceId' | 'callId'>): Promise<boolean>
  /** Decides whether an incoming call is connected, and to what. Repeats with one `ref` get one decision. */
  decideIncomingCall(call: IncomingCall): Promise<IncomingDecision>
  /** Decides whether an outbound call that was answered is connected, and to what. */
  decideAnsweredCall(call: AnsweredCall): Promise<AnsweredDecision>
  /** Applies a report of a carrier. Reports may repeat, arrive late and in any order. */
  applyCarrierReport(report: CarrierReport): Promise<void>
  /** Sends the hang-up orders that are due to the carriers. Returns their number. */
  hangUpOrderedCalls(): Promise<number>
  /** Has the carriers asked about every open call, because reports sent while the server was down are lost. */
  start(): Promise<void>
  /** Asks the carriers about calls of which reports are missing. Returns their number. */
  reconcile(): Promise<number>
  /** Sends the hang-up orders that are due, in the background. */
  wake(): void
  /** Resolves when no background work is left. */
  idle(): Promise<void>
}

export function createVoice(deps: VoiceDeps): Voice {
  const { database, clock, outbound } = deps
  const background = createBackground({ onError: deps.onError })
  const context: VoiceContext = { ...deps, runInBackground: background.run }
  return {
    outbound,
    dial: (order) => dial(context, order),
    cancelOrder: (order) => cancelOrder(context, { ...order, carrier: outbound.name }),
    decideIncomingCall: (call) => decideIncomingCall(context, call),
    decideAnsweredCall: (call) => decideAnsweredCall(context, call),
    applyCarrierReport: (report) => applyCarrierReport(context, report),
    hangUpOrderedCalls: () => hangUpOrderedCalls(context),
    start: () => checkAllLegs(database, clock.now()),
    reconcile: () => reconcileLegs(context),
    wake: () => background.run(hangUpOrderedCalls(context)),
    idle: background.idle,
  }
}
