/** The voice stacks that calls can go through. */
export type CarrierName = 'simulated' | 'twilio'

/** An outbound call to be placed. Instants are epoch milliseconds. */
export type PlaceOrder = {
  readonly workspaceId: string
  /** Our call's UUID; the carrier reports under it. */
  readonly callId: string
  /** E.164: the number that is shown; null where the agent has none. */
  readonly from: string | null
  /** E.164. */
  readonly to: string
  /** The hard stop: how long the conversation may last. */
  readonly maxDurationMs: number
  /** How long it may ring. */
  readonly ringMsMax: number
  readonly onVoicemail: 'hang_up' | 'talk'
}

/** What a carrier says to an order. */
export type Placed =
  | { readonly outcome: 'placed'; readonly ref: string }
  /** It will not place this call, also if asked again: the number is none, for instance. */
  | { readonly outcome: 'rejected'; readonly reason: string; readonly detail: string }

/** A call as the carrier knows it. `ref` is its own name of it: null where it never answered the order. */
export type CarrierLeg = {
  readonly workspaceId: string
  readonly callId: string
  readonly ref: string | null
  readonly from: string | null
  readonly to: string | null
  readonly placedAtMs: number
}

/** What is true of a call, by the carrier's word. */
export type CarrierState =
  | { readonly state: 'unknown' }
  | { readonly state: 'ringing'; readonly ref: string }
  | { readonly state: 'in_conversation'; readonly ref: string; readonly answeredAtMs: number | null }
  | {
      readonly state: 'over'
      readonly ref: string
      readonly answeredAtMs: number | null
      readonly endedAtMs: number
      /** `busy`, `no_answer`, `failed`, `voicemail`, `completed`, … : the end reason of our call. */
      readonly reason: string
    }

/**
 * The port to a voice stack. No method is called inside a database transaction, and each throws
 * {@link CarrierUnreachable} where it is not known what the carrier did.
 */
export type Carrier = {
  readonly name: CarrierName
  /** Whether it needs a number of the agent's to call from. */
  readonly needsFrom: boolean
  /** Whether it needs to be told where the agent is: its voice endpoint. */
  readonly needsEndpoint: boolean
  /** How much faster than in life its calls pass; left out: they are in life. */
  readonly pace?: number
  place(order: PlaceOrder): Promise<Placed>
  /** Orders a hang-up. That it was taken is no confirmation: that comes as an event, or by `lookUp`. */
  hangUp(leg: CarrierLeg): Promise<void>
  /**
   * Has it end a call that came in by itself, after so long. Left out: it is told so when the call is connected. It may
   * be told again.
   */
  limit?(leg: CarrierLeg, maxDurationMs: number): Promise<void>
  lookUp(leg: CarrierLeg): Promise<CarrierState>
}

/**
 * How long to wait, before the carrier is asked, for what takes `ms` in life. Where its calls pass faster the wait is as
 * much shorter, but not below `msMin`, which its messages and answers may take all the same.
 */
export function patienceMs(carrier: Pick<Carrier, 'pace'> | undefined, ms: number, msMin = 2_000): number {
  return Math.max(Math.round(ms / (carrier?.pace ?? 1)), Math.min(ms, msMin))
}

/** The carrier did not answer, or not so that anything follows from it. */
export class CarrierUnreachable extends Error {
  override name = 'CarrierUnreachable'
}
