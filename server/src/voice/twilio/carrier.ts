import {
  type Carrier,
  type CarrierLeg,
  type CarrierState,
  CarrierUnreachable,
  type Placed,
  type PlaceOrder,
} from '../carrier.ts'
import type { TwilioSettings } from '../settings.ts'
import { buildTwilioUrl } from './addresses.ts'
import {
  openTwilioApi,
  type TwilioAccess,
  type TwilioApi,
  type TwilioCall,
  type TwilioFields,
  TwilioRefusal,
} from './api.ts'
import { findEndReason, isOver, parseTwilioInstant } from './status.ts'

export type TwilioCarrierDeps = {
  readonly settings: TwilioAccess & Pick<TwilioSettings, 'publicUrl'>
  /** Finds which of these calls at Twilio are known to belong to calls of ours. */
  readonly findKnownRefs: (refs: readonly string[]) => Promise<ReadonlySet<string>>
  /** Receives refusals of Twilio that the operator should know. */
  readonly onError: (error: unknown) => void
}

type CarrierContext = TwilioCarrierDeps & { readonly api: TwilioApi }

/** Error codes of orders whose number does not exist or cannot be called. */
const INVALID_NUMBER_CODES: ReadonlySet<number> = new Set([13224, 21211, 21214, 21217])
/** Error code: the call is over, or nobody has answered it. */
const NOT_IN_PROGRESS_CODE = 21220

/** How far Twilio's clock may differ from ours. */
const SKEW_MS_MAX = 30_000
/** How long an order may take to reach Twilio. */
const ORDER_DELAY_MS_MAX = 60_000

/** Makes calls through Twilio's REST API: https://www.twilio.com/docs/voice/api/call-resource. */
export function createTwilioCarrier(deps: TwilioCarrierDeps): Carrier {
  const context: CarrierContext = { ...deps, api: openTwilioApi(deps.settings) }
  return {
    name: 'twilio',
    needsFrom: true,
    needsEndpoint: true,
    place: (order) => place(context, order),
    hangUp: (leg) => treatRefusalAsUnreachable(() => updateCall(context, leg, { Status: 'completed' })),
    limitDuration: (leg, maxDurationMs) =>
      treatRefusalAsUnreachable(() => updateCall(context, leg, { TimeLimit: formatSeconds(maxDurationMs) })),
    lookUp: (leg) =>
      treatRefusalAsUnreachable(async () => {
        const call = await findCall(context, leg)
        return call === undefined ? { state: 'unknown' } : readState(call)
      }),
  }
}

async function place({ api, settings, onError }: CarrierContext, order: PlaceOrder): Promise<Placed> {
  try {
    const { sid } = await api.createCall(buildFields(order, settings.publicUrl))
    return { outcome: 'placed', ref: sid }
  } catch (error) {
    if (!(error instanceof TwilioRefusal)) throw error
    if (INVALID_NUMBER_CODES.has(error.code)) {
      return { outcome: 'rejected', reason: 'invalid_number', detail: 'This number cannot be called.' }
    }
    onError(error)
    const detail = `Twilio does not place this call (error ${error.code}).`
    return { outcome: 'rejected', reason: 'rejected_by_carrier', detail }
  }
}

async function findCall(context: CarrierContext, leg: CarrierLeg): Promise<TwilioCall | undefined> {
  return leg.ref === null ? findPlacedCall(context, leg) : context.api.findCall(leg.ref)
}

/**
 * Finds the call that was placed by an order whose answer was lost. Twilio stores nothing of ours with a call, so this
 * is the first call between the two numbers at that time that belongs to no other call of ours. Usually one of Twilio's
 * reports, which name our call, arrives earlier.
 */
async function findPlacedCall(
  { api, findKnownRefs }: CarrierContext,
  { from, to, placedAtMs }: CarrierLeg,
): Promise<TwilioCall | undefined> {
  if (from === null || to === null) return undefined
  const calls = await api.listCalls({ From: from, To: to, PageSize: '100' })
  const candidates = calls
    .filter(({ direction }) => direction === 'outbound-api')
    .map((call) => ({ call, createdAtMs: parseTwilioInstant(call.date_created) ?? 0 }))
    .filter(({ createdAtMs }) => createdAtMs >= placedAtMs - SKEW_MS_MAX)
    .filter(({ createdAtMs }) => createdAtMs <= placedAtMs + ORDER_DELAY_MS_MAX)
    .sort((a, b) => a.createdAtMs - b.createdAtMs)
  const known = await findKnownRefs(candidates.map(({ call }) => call.sid))
  return candidates.find(({ call }) => !known.has(call.sid))?.call
}

/** Changes a call that is not over. Does nothing for a call that is over or that Twilio does not know. */
async function updateCall(context: CarrierContext, leg: CarrierLeg, fields: TwilioFields): Promise<void> {
  const sid = leg.ref ?? (await findPlacedCall(context, leg))?.sid
  if (sid === undefined) return
  try {
    await context.api.updateCall(sid, fields)
  } catch (error) {
    // A later lookup finds out what became of the call.
    if (error instanceof TwilioRefusal && (error.status === 404 || error.code === NOT_IN_PROGRESS_CODE))
      return
    throw error
  }
}

/** For requests that are repeated later: a refusal says no more than a missing answer. */
async function treatRefusalAsUnreachable<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!(error instanceof TwilioRefusal)) throw error
    throw new CarrierUnreachable(error.message, { cause: error })
  }
}

function buildFields(order: PlaceOrder, publicUrl: string): TwilioFields {
  const { callId, from, to, ringMsMax, maxDurationMs, onVoicemail } = order
  return {
    To: to,
    From: from ?? '',
    Url: buildTwilioUrl(publicUrl, 'outbound', callId),
    StatusCallback: buildTwilioUrl(publicUrl, 'status', callId),
    StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    Timeout: formatSeconds(ringMsMax),
    TimeLimit: formatSeconds(maxDurationMs),
    ...(onVoicemail === 'hang_up' && { MachineDetection: 'Enable' }),
  }
}

function formatSeconds(ms: number): string {
  return String(Math.ceil(ms / 1000))
}

/**
 * Reads what Twilio says about a call. The answer of an ended call is its end less its duration. A live call does not
 * say when it was answered: its `start_time` is when Twilio dialed.
 */
function readState(call: TwilioCall): CarrierState {
  const { sid: ref, status } = call
  if (!isOver(status)) {
    if (status === 'in-progress') return { state: 'in_conversation', ref, answeredAtMs: null }
    return { state: 'ringing', ref }
  }
  const endedAtMs = parseTwilioInstant(call.end_time) ?? parseTwilioInstant(call.date_updated)
  if (endedAtMs === undefined) throw new CarrierUnreachable(`Twilio does not say when ${ref} ended`)
  const talkedMs = Number(call.duration ?? 0) * 1000
  return {
    state: 'over',
    ref,
    answeredAtMs: talkedMs > 0 ? endedAtMs - talkedMs : null,
    endedAtMs,
    reason: findEndReason(status, call.answered_by),
  }
}
