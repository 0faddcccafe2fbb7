import {
  type Carrier,
  type CarrierLeg,
  type CarrierState,
  CarrierUnreachable,
  type Placed,
  type PlaceOrder,
} from '../carrier.ts'
import type { TwilioSettings } from '../settings.ts'
import { twilioAddress } from './addresses.ts'
import { openTwilioApi, type TwilioAccess, type TwilioCall, type TwilioFields, TwilioRefusal } from './api.ts'
import { endReasonOf, instantOf, isOver } from './status.ts'

export type TwilioCarrierDeps = {
  readonly settings: TwilioAccess & Pick<TwilioSettings, 'publicUrl'>
  /** Which of these calls at Twilio belong to calls of ours already. */
  readonly knownRefs: (refs: readonly string[]) => Promise<ReadonlySet<string>>
  /** Twilio refused something that whoever runs this server should know of. */
  readonly onError: (error: unknown) => void
}

/** Of calls that Twilio does not place: the number called is none, or cannot be called. */
const invalidNumbers: ReadonlySet<number> = new Set([13224, 21211, 21214, 21217])
/** The call is over, or nobody answered yet. */
const NOT_IN_PROGRESS = 21220

/** How far Twilio's clock and ours may differ, and how long an order may be on its way. */
const SKEW_MS_MAX = 30_000
const ON_ITS_WAY_MS_MAX = 60_000

/** Calls through Twilio's REST API: https://www.twilio.com/docs/voice/api/call-resource. */
export function createTwilioCarrier({ settings, knownRefs, onError }: TwilioCarrierDeps): Carrier {
  const api = openTwilioApi(settings)

  async function place(order: PlaceOrder): Promise<Placed> {
    try {
      const { sid } = await api.createCall(fieldsOf(order, settings.publicUrl))
      return { outcome: 'placed', ref: sid }
    } catch (error) {
      if (!(error instanceof TwilioRefusal)) throw error
      if (invalidNumbers.has(error.code)) {
        return { outcome: 'rejected', reason: 'invalid_number', detail: 'This number cannot be called.' }
      }
      onError(error)
      const detail = `Twilio does not place this call (error ${error.code}).`
      return { outcome: 'rejected', reason: 'rejected_by_carrier', detail }
    }
  }

  /**
   * The call that an order became whose answer was lost. Twilio keeps no word of ours with a call, so it is the first
   * one between the two numbers at that time that is nobody else's; its own messages, which name our call, mostly say
   * so before.
   */
  async function findPlaced({ from, to, placedAtMs }: CarrierLeg): Promise<TwilioCall | undefined> {
    if (from === null || to === null) return undefined
    const calls = await api.listCalls({ From: from, To: to, PageSize: '100' })
    const candidates = calls
      .filter(({ direction }) => direction === 'outbound-api')
      .map((call) => ({ call, createdAtMs: instantOf(call.date_created) ?? 0 }))
      .filter(({ createdAtMs }) => createdAtMs >= placedAtMs - SKEW_MS_MAX)
      .filter(({ createdAtMs }) => createdAtMs <= placedAtMs + ON_ITS_WAY_MS_MAX)
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
    const known = await knownRefs(candidates.map(({ call }) => call.sid))
    return candidates.find(({ call }) => !known.has(call.sid))?.call
  }

  async function find(leg: CarrierLeg): Promise<TwilioCall | undefined> {
    return leg.ref === null ? findPlaced(leg) : api.findCall(leg.ref)
  }

  /** A refusal of something that is asked again later is as good as no answer. */
  async function reachable<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof TwilioRefusal)) throw error
      throw new CarrierUnreachable(error.message, { cause: error })
    }
  }

  /** Changes a call that is not over. */
  async function change(leg: CarrierLeg, fields: TwilioFields): Promise<void> {
    const sid = leg.ref ?? (await findPlaced(leg))?.sid
    if (sid === undefined) return
    try {
      await api.updateCall(sid, fields)
    } catch (error) {
      // It is over, or Twilio has forgotten it: asking after it tells.
      if (error instanceof TwilioRefusal && (error.status === 404 || error.code === NOT_IN_PROGRESS)) return
      throw error
    }
  }

  return {
    name: 'twilio',
    needsFrom: true,
    needsEndpoint: true,
    place,
    hangUp: (leg) => reachable(() => change(leg, { Status: 'completed' })),
    limit: (leg, ms) => reachable(() => change(leg, { TimeLimit: secondsOf(ms) })),
    lookUp: (leg) =>
      reachable(async () => {
        const call = await find(leg)
        return call === undefined ? { state: 'unknown' } : truthOf(call)
      }),
  }
}

function fieldsOf(order: PlaceOrder, publicUrl: string): TwilioFields {
  const { callId, from, to, ringMsMax, maxDurationMs, onVoicemail } = order
  return {
    To: to,
    From: from ?? '',
    Url: twilioAddress(publicUrl, 'outbound', callId),
    StatusCallback: twilioAddress(publicUrl, 'status', callId),
    StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    Timeout: secondsOf(ringMsMax),
    TimeLimit: secondsOf(maxDurationMs),
    ...(onVoicemail === 'hang_up' && { MachineDetection: 'Enable' }),
  }
}

function secondsOf(ms: number): string {
  return String(Math.ceil(ms / 1000))
}

/**
 * When it was answered is known of a call that is over: so long before its end as it was talked. `start_time` of one
 * that goes on is when Twilio dialled it.
 */
function truthOf(call: TwilioCall): CarrierState {
  const { sid: ref, status } = call
  if (!isOver(status)) {
    if (status === 'in-progress') return { state: 'in_conversation', ref, answeredAtMs: null }
    return { state: 'ringing', ref }
  }
  const endedAtMs = instantOf(call.end_time) ?? instantOf(call.date_updated)
  if (endedAtMs === undefined) throw new CarrierUnreachable(`Twilio does not say when ${ref} ended`)
  const talkedMs = Number(call.duration ?? 0) * 1000
  return {
    state: 'over',
    ref,
    answeredAtMs: talkedMs > 0 ? endedAtMs - talkedMs : null,
    endedAtMs,
    reason: endReasonOf(status, call.answered_by),
  }
}
