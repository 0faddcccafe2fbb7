import type { Amount, Call } from '../../api/types.ts'

/** The balance line as the stream sends it: exact at `asOf`, then falling one millisecond per millisecond and live call. */
export type LineEvent = { asOf: string; balance: Amount; liveCalls: number }

/** A message from the stream, or from the tab or worker that keeps it. */
export type LiveMessage =
  | { kind: 'balance'; line: LineEvent }
  | { kind: 'call'; call: Call }
  | { kind: 'workspace' }
  | { kind: 'agent' }
  | { kind: 'alert' }
  | { kind: 'campaign' }
  /** Something about money changed. It has to be read again. */
  | { kind: 'purchase' | 'payment_method' | 'subscription' | 'auto_reload' }
  /** Events were dropped before they could be sent. Everything has to be read again. */
  | { kind: 'reset' }
  /** A sign of life. */
  | { kind: 'ping' }
  /** The stream is open. What happened before, since the page was loaded or the stream broke, may have been missed. */
  | { kind: 'open' }
  /** The stream broke. It is being reopened. */
  | { kind: 'broken' }

/** The event names that the stream uses. */
export const eventNames = [
  'balance',
  'call',
  'workspace',
  'agent',
  'purchase',
  'payment_method',
  'subscription',
  'auto_reload',
  'alert',
  'campaign',
  'reset',
  'ping',
] as const

/** Reads an event of the stream; null when its body is not valid JSON. */
export function readMessage(name: (typeof eventNames)[number], data: string): LiveMessage | null {
  if (name !== 'balance' && name !== 'call') return { kind: name }
  try {
    const body: unknown = JSON.parse(data)
    return name === 'balance'
      ? { kind: 'balance', line: body as LineEvent }
      : { kind: 'call', call: body as Call }
  } catch {
    return null
  }
}
