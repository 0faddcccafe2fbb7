import type { CarrierEndReason } from '../carrier.ts'

/** Twilio's final states of a call: https://www.twilio.com/docs/voice/api/call-resource#call-status-values. */
const END_REASONS: Readonly<Record<string, CarrierEndReason>> = {
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
}

export function isOver(status: string): boolean {
  return status in END_REASONS
}

/**
 * Finds why our call ended.
 *
 * @param status one of Twilio's final states
 * @param answeredBy who answered, as far as Twilio detected it. It detects machines only for calls that must be hung up
 *   when a machine answers.
 */
export function findEndReason(status: string, answeredBy: string | null | undefined): CarrierEndReason {
  if (status === 'completed' && isMachine(answeredBy)) return 'voicemail'
  return END_REASONS[status] ?? 'failed'
}

/** Whether a machine answered: `machine_start`, `machine_end_beep`, … or `fax`, as opposed to `human` and `unknown`. */
export function isMachine(answeredBy: string | null | undefined): boolean {
  return answeredBy === 'fax' || (answeredBy?.startsWith('machine') ?? false)
}

/**
 * Parses an instant of Twilio's, in RFC 2822 or ISO 8601, to epoch milliseconds of a whole second. Some of Twilio's
 * instants are no more precise than a second, and both ends of a conversation must be equally precise.
 *
 * @returns undefined for a text that is not an instant
 */
export function parseTwilioInstant(text: string | null | undefined): number | undefined {
  const atMs = Date.parse(text ?? '')
  return Number.isNaN(atMs) ? undefined : floorToSecond(atMs)
}

export function floorToSecond(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000
}
