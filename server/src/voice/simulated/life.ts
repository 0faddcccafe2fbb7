import type { SeededRandom } from '../../platform/seeded-random.ts'
import type { PlaceOrder } from '../carrier.ts'

/**
 * What happens to simulated calls, as shares beside each other (`outcomes`) and from 0 to 1 (everything else). Times in
 * milliseconds, as in life; `pace` 60 lets an hour pass in a minute.
 */
export type SimulatedLife = {
  readonly outcomes: {
    readonly talks: number
    readonly busy: number
    readonly noAnswer: number
    readonly voicemail: number
    readonly failed: number
  }
  /** Of conversations: those whose connection breaks in the middle. */
  readonly dropped: number
  /** Of messages of an end: those that get lost. */
  readonly lostEnds: number
  /** Of messages: those that come twice. */
  readonly doubled: number
  /** Of calls: those whose answer is told after their end. */
  readonly reordered: number
  readonly ringMs: { readonly min: number; readonly max: number }
  readonly talkMs: { readonly median: number; readonly spread: number; readonly max: number }
  readonly pace: number
}

export const usualLife: SimulatedLife = {
  outcomes: { talks: 55, busy: 8, noAnswer: 20, voicemail: 14, failed: 3 },
  dropped: 0.03,
  lostEnds: 0.01,
  doubled: 0.03,
  reordered: 0.01,
  ringMs: { min: 4_000, max: 22_000 },
  talkMs: { median: 75_000, spread: 0.8, max: 20 * 60_000 },
  pace: 1,
}

/** How long a carrier listens before it takes who answered for a machine. */
const VOICEMAIL_KNOWN_MS = 3_500
/** How long a carrier takes to find that a line is busy, or that there is none. */
const REFUSED_AFTER_MS = 1_200
const TALK_MS_MIN = 3_000

/** A call's whole life, decided when it is placed. Instants are epoch milliseconds. */
export type Fate = {
  /** null: nobody answers. */
  readonly answersAtMs: number | null
  readonly endsAtMs: number
  readonly reason: string
}

/** Decides what becomes of a call that is placed at `nowMs`. */
export function fateOf(life: SimulatedLife, order: PlaceOrder, chance: SeededRandom, nowMs: number): Fate {
  const { outcomes, ringMs, talkMs, pace } = life
  const after = (fromMs: number, ms: number) => fromMs + Math.max(1, Math.round(ms / pace))
  const kinds = ['talks', 'busy', 'noAnswer', 'voicemail', 'failed'] as const
  const kind = kinds[chance.weighted(kinds.map((name) => outcomes[name]))] ?? 'noAnswer'
  const rings = Math.min(chance.between(ringMs.min, ringMs.max), order.ringMsMax)
  switch (kind) {
    case 'busy':
      return { answersAtMs: null, endsAtMs: after(nowMs, REFUSED_AFTER_MS), reason: 'busy' }
    case 'failed':
      return { answersAtMs: null, endsAtMs: after(nowMs, REFUSED_AFTER_MS), reason: 'failed' }
    case 'noAnswer':
      return { answersAtMs: null, endsAtMs: after(nowMs, order.ringMsMax), reason: 'no_answer' }
    case 'voicemail':
    case 'talks': {
      const answersAtMs = after(nowMs, rings)
      const wholeMs = Math.min(
        Math.max(chance.logNormal(talkMs.median, talkMs.spread), TALK_MS_MIN),
        talkMs.max,
      )
      const breaks = chance.happens(life.dropped)
      const hangsUp = kind === 'voicemail' && order.onVoicemail === 'hang_up'
      const talks = hangsUp ? VOICEMAIL_KNOWN_MS : breaks ? wholeMs * chance.next() : wholeMs
      const endsAtMs = Math.min(after(answersAtMs, talks), answersAtMs + order.maxDurationMs)
      return { answersAtMs, endsAtMs, reason: hangsUp ? 'voicemail' : breaks ? 'dropped' : 'completed' }
    }
  }
}

/** A message that the carrier sends about a call. */
export type Message = {
  readonly kind: 'ringing' | 'answered' | 'ended'
  /** When what it tells of happened. */
  readonly atMs: number
  /** When it arrives. */
  readonly dueAtMs: number
}

/** The messages of a call's life: as well and as badly as carriers send them. */
export function messagesOf(
  life: SimulatedLife,
  placedAtMs: number,
  { answersAtMs, endsAtMs }: Fate,
  chance: SeededRandom,
): Message[] {
  const late = (fromMs: number, ms: number) => fromMs + Math.max(1, Math.round(ms / life.pace))
  const messages: Message[] = [{ kind: 'ringing', atMs: placedAtMs, dueAtMs: placedAtMs + 1 }]
  if (answersAtMs !== null) {
    const reordered = chance.happens(life.reordered)
    const dueAtMs = reordered ? late(endsAtMs, 2_000) : answersAtMs
    messages.push({ kind: 'answered', atMs: answersAtMs, dueAtMs })
  }
  if (!chance.happens(life.lostEnds)) messages.push({ kind: 'ended', atMs: endsAtMs, dueAtMs: endsAtMs })
  const again = messages
    .filter(() => chance.happens(life.doubled))
    .map((message) => ({ ...message, dueAtMs: late(message.dueAtMs, 1_500) }))
  return [...messages, ...again]
}
