/** The voice stacks that calls can go through. */
export type CarrierName = 'simulated' | 'twilio'

/** What happens when a machine answers: the carrier hangs up, or the agent talks to it. */
export type OnVoicemail = 'hang_up' | 'talk'

/** An outbound call that a carrier must place. */
export type PlaceOrder = {
  readonly workspaceId: string
  /** The UUID of our call. The carrier's reports name it. */
  readonly callId: string
  /** The number that the phone shows, in E.164. Null if the agent has none. */
  readonly from: string | null
  /** The number to call, in E.164. */
  readonly to: string
  /** The hard stop: the longest conversation. */
  readonly maxDurationMs: number
  /** The longest time that it may ring. */
  readonly ringMsMax: number
  readonly onVoicemail: OnVoicemail
}

/** Why a carrier will never place an order, however often it is asked. */
export type PlacementRejection = 'invalid_number' | 'rejected_by_carrier'

/** A carrier's answer to an order. */
export type Placed =
  /** `ref`: the carrier's own name for the call. */
  | { readonly outcome: 'placed'; readonly ref: string }
  | { readonly outcome: 'rejected'; readonly reason: PlacementRejection; readonly detail: string }

/** A call inside a carrier. */
export type CarrierLeg = {
  readonly workspaceId: string
  readonly callId: string
  /** The carrier's own name for the call. Null if its answer to the order never arrived. */
  readonly ref: string | null
  readonly from: string | null
  readonly to: string | null
  /** When the order was sent, in epoch milliseconds. */
  readonly placedAtMs: number
}

/** Why a call ended, as a carrier says it. It becomes the end reason of our call. */
export type CarrierEndReason =
  /** The conversation ended normally. */
  | 'completed'
  /** The connection broke during the conversation. */
  | 'dropped'
  /** The carrier hung up because we ordered it. */
  | 'hung_up'
  /** The call was taken back while it rang. */
  | 'canceled'
  | 'busy'
  | 'no_answer'
  /** A machine answered, and the carrier hung up. */
  | 'voicemail'
  | 'failed'

/** What a carrier says about a call when it is asked. Instants are epoch milliseconds. */
export type CarrierState =
  | { readonly state: 'unknown' }
  | { readonly state: 'ringing'; readonly ref: string }
  | {
      readonly state: 'in_conversation'
      readonly ref: string
      /** Null if the carrier does not say it while the call is live. */
      readonly answeredAtMs: number | null
    }
  | {
      readonly state: 'over'
      readonly ref: string
      readonly answeredAtMs: number | null
      readonly endedAtMs: number
      readonly reason: CarrierEndReason
    }

/**
 * The port to a voice stack that Talktime itself drives.
 *
 * No method may be called inside a database transaction. Every method throws {@link CarrierUnreachable} if it is unknown
 * what the carrier did.
 */
export type Carrier = {
  readonly name: CarrierName
  /** Whether the agent must have a phone number to call from. */
  readonly needsFrom: boolean
  /** Whether the agent must have a voice endpoint to connect its calls to. */
  readonly needsEndpoint: boolean
  /** How many times faster than real time its calls run. Left out: real time. */
  readonly pace?: number
  place(order: PlaceOrder): Promise<Placed>
  /**
   * Orders a hang-up. That the order was accepted does not confirm that the call is over: a report or `lookUp` does.
   */
  hangUp(leg: CarrierLeg): Promise<void>
  /**
   * Sets the hard stop of a call that was answered, because the carrier did not learn it when the call was connected, or
   * because it has moved. May be repeated. Left out: the carrier keeps the hard stop that it learned.
   */
  limitDuration?(leg: CarrierLeg, maxDurationMs: number): Promise<void>
  lookUp(leg: CarrierLeg): Promise<CarrierState>
}

/**
 * Computes how long to wait for something that takes `ms` in real time before the carrier is asked. The wait is shorter
 * for a carrier whose calls run faster, but not shorter than `msMin`: its reports and answers take that long anyway.
 */
export function computeWaitMs(carrier: Pick<Carrier, 'pace'> | undefined, ms: number, msMin = 2_000): number {
  return Math.max(Math.round(ms / (carrier?.pace ?? 1)), Math.min(ms, msMin))
}

/** The carrier did not answer, or nothing follows from its answer. */
export class CarrierUnreachable extends Error {
  override name = 'CarrierUnreachable'
}
