import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { SeededRandom } from '../../platform/seeded-random.ts'
import type { CarrierEndReason, PlaceOrder } from '../carrier.ts'

/**
 * What happens to simulated calls. `outcomes` are weights; all other shares are from 0 to 1. Durations are milliseconds
 * of real time: with a `pace` of 60, an hour passes in a minute.
 */
export type SimulatedLife = {
  readonly outcomes: {
    readonly talks: number
    readonly busy: number
    readonly noAnswer: number
    readonly voicemail: number
    readonly failed: number
  }
  /** The share of conversations whose connection breaks. */
  readonly dropped: number
  /** The share of ends whose message is lost. */
  readonly lostEnds: number
  /** The share of messages that arrive twice. */
  readonly doubled: number
  /** The share of calls whose answer is reported after their end. */
  readonly reordered: number
  readonly ringMs: { readonly min: number; readonly max: number }
  readonly talkMs: { readonly median: number; readonly spread: number; readonly max: number }
  readonly pace: number
}

export const USUAL_LIFE: SimulatedLife = {
  outcomes: { talks: 55, busy: 8, noAnswer: 20, voicemail: 14, failed: 3 },
  dropped: 0.03,
  lostEnds: 0.01,
  doubled: 0.03,
  reordered: 0.01,
  ringMs: { min: 4_000, max: 22_000 },
  talkMs: { median: 75_000, spread: 0.8, max: 20 * MINUTE_MS },
  pace: 1,
}

/** How long a carrier listens until it knows that a machine answered. */
const VOICEMAIL_DETECTED_MS = 3_500
/** How long a carrier takes to find that a line is busy or does not exist. */
const FAILED_AFTER_MS = 1_200
const TALK_MS_MIN = 3_000
/** How late a message arrives that is overtaken by a later one, and the second copy of one that arrives twice. */
const REORDERED_MS = 2_000
const DOUBLED_MS = 1_500

const OUTCOMES = ['talks', 'busy', 'noAnswer', 'voicemail', 'failed'] as const

/** A call's whole life, decided when it is placed. Instants are epoch milliseconds. */
export type CallPlan = {
  /** Null if nobody answers. */
  readonly answersAtMs: number | null
  readonly endsAtMs: number
  readonly reason: CarrierEndReason
}

/** Decides what happens to a call that is placed at `nowMs`. */
export function planCall(
  life: SimulatedLife,
  order: PlaceOrder,
  random: SeededRandom,
  nowMs: number,
): CallPlan {
  const outcome = OUTCOMES[random.weighted(OUTCOMES.map((name) => life.outcomes[name]))] ?? 'noAnswer'
  const ringMs = Math.min(random.between(life.ringMs.min, life.ringMs.max), order.ringMsMax)
  switch (outcome) {
    case 'busy':
      return { answersAtMs: null, endsAtMs: addPaced(life, nowMs, FAILED_AFTER_MS), reason: 'busy' }
    case 'failed':
      return { answersAtMs: null, endsAtMs: addPaced(life, nowMs, FAILED_AFTER_MS), reason: 'failed' }
    case 'noAnswer':
      return { answersAtMs: null, endsAtMs: addPaced(life, nowMs, order.ringMsMax), reason: 'no_answer' }
    case 'voicemail': {
      const isHungUp = order.onVoicemail === 'hang_up'
      return planConversation(life, order, random, addPaced(life, nowMs, ringMs), isHungUp)
    }
    case 'talks':
      return planConversation(life, order, random, addPaced(life, nowMs, ringMs), false)
    default:
      return assertNever(outcome)
  }
}

function planConversation(
  life: SimulatedLife,
  order: PlaceOrder,
  random: SeededRandom,
  answersAtMs: number,
  isHungUp: boolean,
): CallPlan {
  const { talkMs } = life
  const wholeMs = Math.min(Math.max(random.logNormal(talkMs.median, talkMs.spread), TALK_MS_MIN), talkMs.max)
  const breaks = random.happens(life.dropped)
  const lastsMs = isHungUp ? VOICEMAIL_DETECTED_MS : breaks ? wholeMs * random.next() : wholeMs
  const endsAtMs = Math.min(addPaced(life, answersAtMs, lastsMs), answersAtMs + order.maxDurationMs)
  return { answersAtMs, endsAtMs, reason: isHungUp ? 'voicemail' : breaks ? 'dropped' : 'completed' }
}

/** A message that the simulated carrier sends about a call. */
export type Message = {
  readonly kind: 'ringing' | 'answered' | 'ended'
  /** When the reported event happened. */
  readonly atMs: number
  /** When the message arrives. */
  readonly dueAtMs: number
}

/** Plans the messages of a call: some are lost, late or doubled, as with real carriers. */
export function planMessages(
  life: SimulatedLife,
  placedAtMs: number,
  { answersAtMs, endsAtMs }: CallPlan,
  random: SeededRandom,
): Message[] {
  const messages: Message[] = [{ kind: 'ringing', atMs: placedAtMs, dueAtMs: placedAtMs + 1 }]
  if (answersAtMs !== null) {
    const isReordered = random.happens(life.reordered)
    const dueAtMs = isReordered ? addPaced(life, endsAtMs, REORDERED_MS) : answersAtMs
    messages.push({ kind: 'answered', atMs: answersAtMs, dueAtMs })
  }
  if (!random.happens(life.lostEnds)) messages.push({ kind: 'ended', atMs: endsAtMs, dueAtMs: endsAtMs })
  const copies = messages
    .filter(() => random.happens(life.doubled))
    .map((message) => ({ ...message, dueAtMs: addPaced(life, message.dueAtMs, DOUBLED_MS) }))
  return [...messages, ...copies]
}

/** Adds a real-time duration at the pace of the simulation: at least 1 ms passes. */
function addPaced({ pace }: SimulatedLife, fromMs: number, ms: number): number {
  return fromMs + Math.max(1, Math.round(ms / pace))
}
