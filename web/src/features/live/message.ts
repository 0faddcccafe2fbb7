import type { Amount, Call } from '../../api/types.ts'

/** The balance line as the stream tells it: exact at `asOf`, falling by a millisecond per millisecond and live call. */
export type LineEvent = { asOf: string; balance: Amount; liveCalls: number }

/** What the stream says, and what its keeper says about the stream. */
export type LiveMessage =
  | { kind: 'balance'; line: LineEvent }
  | { kind: 'call'; call: Call }
  | { kind: 'workspace' }
  | { kind: 'agent' }
  | { kind: 'alert' }
  | { kind: 'campaign' }
  /** Something about money changed; it is read anew. */
  | { kind: 'purchase' | 'payment_method' | 'subscription' | 'auto_reload' }
  /** Events were forgotten before they were told: everything has to be read anew. */
  | { kind: 'reset' }
  /** A sign of life without news. */
  | { kind: 'ping' }
  /** The stream is open. What happened since the page was read, or since the stream broke, may have been missed. */
  | { kind: 'open' }
  /** The stream broke and is being tried again. */
  | { kind: 'broken' }

/** The names of the stream's events that carry news. */
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

/** Reads an event of the stream; null for one whose body is not what the API promises. */
export function messageFrom(name: (typeof eventNames)[number], data: string): LiveMessage | null {
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
