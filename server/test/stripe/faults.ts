import { StripeRefusal } from './answers.ts'
import type { Answer } from './idempotency.ts'

/** What goes wrong with a request: before Stripe did anything of it, or after it did everything. */
export type Fault =
  | { readonly kind: 'connection_lost' | 'server_error'; readonly when: 'before' | 'after' }
  | { readonly kind: 'rate_limited' | 'wrong_key' }
  /** It goes on when `until` resolves. */
  | { readonly kind: 'late'; readonly when: 'before' | 'after'; readonly until: Promise<void> }

/** Does a request's work, with what goes wrong with it. Undefined: nothing was done, and nothing is answered. */
export async function perform(fault: Fault | undefined, work: () => object): Promise<Answer | undefined> {
  const isBefore = fault !== undefined && 'when' in fault && fault.when === 'before'
  if (isBefore && fault.kind === 'connection_lost') return undefined
  if (isBefore && fault.kind === 'server_error') return serverError
  if (isBefore && fault.kind === 'late') await fault.until
  const answer = answerOf(work)
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

/** What fails before any work, and is not kept under the request's key. */
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

function answerOf(work: () => object): Answer {
  try {
    return { status: 200, body: structuredClone(work()), isKept: true }
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error
    return { status: error.status, body: error.body, isKept: error.kept }
  }
}
