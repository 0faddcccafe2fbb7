import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { OutboundRefused } from '../../platform/outbound.ts'
import { Problem, type ProblemType } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import type { RequestError } from '../records/request-store.ts'
import { Aborted, type AbortReason } from './deadlines.ts'

/** The parts of a provider's error that distinguish errors. */
export type ProviderError = {
  readonly status: number
  readonly code: string | null
  readonly type: string | null
  readonly message: string | null
}

/**
 * Whether a provider refused the key, not the request: it does not know the key, the key lacks a right, the key's
 * account has no money, or the key exceeded a limit. Google answers an unknown key with 400.
 */
export function isKeyError(provider: LlmProvider, error: ProviderError): boolean {
  if ([401, 402, 403, 429].includes(error.status)) return true
  return provider === 'google' && error.status === 400 && /API[_ ]key/i.test(error.message ?? '')
}

/** Classifies a provider's error for the record of its request. */
export function classifyProviderError(provider: LlmProvider, error: ProviderError): RequestError {
  if (error.status === 429) return 'rate_limited'
  if (isKeyError(provider, error)) return 'key_refused'
  return error.status >= 500 ? 'provider_failed' : 'request_refused'
}

/** Says in a sentence for the key's owner how a provider refused it. */
export function describeKeyRefusal(provider: LlmProvider, status: number): string {
  const name = LLM_PROVIDER_NAMES[provider]
  switch (status) {
    case 402:
      return `${name} reports that this key’s account has no credit (402). Add credit there.`
    case 403:
      return `${name} does not allow this key to do that (403). Check its permissions there.`
    case 429:
      return `${name} reports that this key exceeded its rate limit or quota (429). Check its limits there.`
    default:
      return `${name} refuses this key (${status}). Replace it.`
  }
}

/** What is recorded of a failed request, and the problem for its caller. A caller that left gets none. */
export type RequestFailure =
  | { readonly error: 'caller_gone' }
  | { readonly error: Exclude<RequestError, 'caller_gone'>; readonly problem: Problem }

/** Classifies why there is no answer to pass on. Rethrows errors that are bugs of ours. */
export function classifyFailure(provider: LlmProvider, error: unknown): RequestFailure {
  if (error instanceof Aborted) return classifyAbort(provider, error.reason)
  const problem = toProblem(provider, error)
  if (!(problem instanceof Problem)) throw problem
  return { error: requestErrors.get(problem.type) ?? 'provider_failed', problem }
}

/** Classifies why an answer broke off after it had begun. Never throws. */
export function classifyBrokenStream(provider: LlmProvider, error: unknown): RequestFailure {
  if (error instanceof Aborted) return classifyAbort(provider, error.reason)
  const detail = `${LLM_PROVIDER_NAMES[provider]} broke off its answer.`
  return {
    error: 'cut_off',
    problem: new Problem(llmProblems.llm_provider_failed, detail, { internal: error }),
  }
}

const requestErrors = new Map<ProblemType, Exclude<RequestError, 'caller_gone'>>([
  [llmProblems.llm_address_refused, 'address_refused'],
  [llmProblems.llm_provider_unreachable, 'unreachable'],
])

function classifyAbort(provider: LlmProvider, reason: AbortReason): RequestFailure {
  if (reason === 'caller_gone') return { error: 'caller_gone' }
  const detail = `${LLM_PROVIDER_NAMES[provider]} ${timeoutWords[reason]}.`
  return { error: 'timeout', problem: new Problem(llmProblems.llm_provider_timeout, detail) }
}

const timeoutWords: Record<Exclude<AbortReason, 'caller_gone'>, string> = {
  first_byte: 'did not begin its answer in time',
  idle: 'stopped in the middle of its answer',
  total: 'did not finish its answer in time',
}

/** Turns a connection error into a problem for the caller. Returns other errors unchanged. */
export function toProblem(provider: LlmProvider, error: unknown): unknown {
  if (error instanceof Problem || error instanceof Aborted) return error
  const name = LLM_PROVIDER_NAMES[provider]
  if (error instanceof OutboundRefused) {
    return new Problem(llmProblems.llm_address_refused, `${name}’s address is refused. ${error.message}`)
  }
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !/^[A-Z0-9_]+$/.test(code) || code.startsWith('ERR_INVALID')) return error
  const detail = `${name} cannot be reached: ${describeConnectionError(code)}.`
  return new Problem(llmProblems.llm_provider_unreachable, detail)
}

function describeConnectionError(code: string): string {
  const words = connectionErrorWords[code]
  return words ?? (/CERT|TLS|SSL/.test(code) ? 'its certificate is not valid' : 'the connection broke')
}

const connectionErrorWords: Record<string, string | undefined> = {
  ECONNREFUSED: 'it refused the connection',
  ENOTFOUND: 'its host name does not exist',
  EAI_AGAIN: 'its host name could not be looked up',
  ETIMEDOUT: 'it does not respond',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its network',
  UND_ERR_CONNECT_TIMEOUT: 'it does not respond',
}
