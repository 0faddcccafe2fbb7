import { StripeRefusal } from './answers.ts'
import type { Answer } from './idempotency.ts'

/** What goes wrong with a request, before or after Stripe carries it out. */
export type Fault =
  | { readonly kind: 'connection_lost' | 'server_error'; readonly when: 'before' | 'after' }
  | { readonly kind: 'rate_limited' | 'wrong_key' }
  /** The request continues when `until` resolves. */
  | { readonly kind: 'late'; readonly when: 'before' | 'after'; readonly until: Promise<void> }

/** Carries out a request with its fault. Returns `undefined` if it is neither carried out nor answered. */
export async function perform(fault: Fault | undefined, work: () => object): Promise<Answer | undefined> {
  const isBefore = fault !== undefined && 'when' in fault && fault.when === 'before'
  if (isBefore && fault.kind === 'connection_lost') return undefined
  if (isBefore && fault.kind === 'server_error') return serverError
  if (isBefore && fault.kind === 'late') await fault.until
  const answer = toAnswer(work)
  if (isBefore) return answer
  switch (fault?.kind) {
    case 'server_error':
      return serverError
    case 'late':
      await fault.until
      return answer
    default:
      return answer
  }
}

/** The response to a fault that comes before any work. Stripe does not keep it under the idempotency key. */
export function refusalFor(fault: Fault | undefined): { status: number; body: object } | undefined {
  if (fault?.kind === 'wrong_key') return wrongKey
  if (fault?.kind !== 'rate_limited') return undefined
  const error = { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' }
  return { status: 429, body: { error } }
}

export const wrongKey = {
  status: 401,
  body: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided.' } },
}

const serverError: Answer = {
  status: 500,
  body: { error: { type: 'api_error', message: 'An unknown error occurred.' } },
  isKept: true,
}

function toAnswer(work: () => object): Answer {
  try {
    return { status: 200, body: structuredClone(work()), isKept: true }
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error
    return { status: error.status, body: error.body, isKept: error.kept }
  }
}
