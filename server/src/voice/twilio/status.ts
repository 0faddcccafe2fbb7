/** Twilio's states of a call: https://www.twilio.com/docs/voice/api/call-resource#call-status-values. */
const endReasons: Readonly<Record<string, string>> = {
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
}

export function isOver(status: string): boolean {
  return status in endReasons
}

/**
 * Why our call ended.
 *
 * @param answeredBy what Twilio took who answered for; it listens for that only where calls that a machine answers are
 *   to be hung up
 */
export function endReasonOf(status: string, answeredBy: string | null | undefined): string {
  if (status === 'completed' && isMachine(answeredBy)) return 'voicemail'
  return endReasons[status] ?? 'failed'
}

/** `machine_start`, `machine_end_beep`, … or `fax`, as opposed to `human` and `unknown`. */
export function isMachine(answeredBy: string | null | undefined): boolean {
  return answeredBy === 'fax' || (answeredBy?.startsWith('machine') ?? false)
}

/**
 * An instant as Twilio writes it, RFC 2822 or ISO 8601. Of all of them only the second counts: some say no more, and a
 * conversation is to be measured at both ends alike.
 */
export function instantOf(text: string | null | undefined): number | undefined {
  const atMs = Date.parse(text ?? '')
  return Number.isNaN(atMs) ? undefined : wholeSecond(atMs)
}

export function wholeSecond(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000
}
