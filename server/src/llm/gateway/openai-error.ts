import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { Problem } from '../../platform/problem.ts'
import { readMember } from '../records/tokens.ts'
import type { ProviderError } from './provider-errors.ts'

/** An error in the form of OpenAI's API, which callers of the gateway understand. */
export type OpenAiError = {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly code: string | number | null
    readonly param: string | null
    readonly [member: string]: unknown
  }
}

/** Puts a problem of ours into OpenAI's form. `details` are added as the member `talktime`. */
export function openAiError(problem: Problem, details: Record<string, unknown>): OpenAiError {
  const pointer = problem.errors[0]?.pointer
  return {
    error: {
      message: problem.detail,
      type: errorType(problem.status),
      code: problem.code,
      param: pointer === undefined ? null : pointer.slice(1).replaceAll('/', '.'),
      talktime: { ...problem.members, ...details },
    },
  }
}

/** OpenAI's clients repeat a request after this long. One that waits until tomorrow is not worth repeating. */
const RETRY_SECONDS_MAX = 120

/** The headers that say when the request is worth repeating, as OpenAI's clients read them. */
export function retryHeaders({ retryAfterSeconds }: Problem): Record<string, string> {
  if (retryAfterSeconds === undefined) return {}
  return {
    'retry-after': String(retryAfterSeconds),
    'x-should-retry': String(retryAfterSeconds <= RETRY_SECONDS_MAX),
  }
}

function errorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_exceeded'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

/**
 * Parses a provider's error, keeps its words and puts it into OpenAI's form. Google, for example, sends a list. The key
 * is cut to its last four characters, because some providers repeat what they were sent.
 *
 * @returns the facts that distinguish errors, and a function that builds the body with the gateway's details
 */
export function parseProviderError(
  provider: LlmProvider,
  status: number,
  text: string,
  key: string,
): { facts: ProviderError; body: (details: Record<string, unknown>) => OpenAiError } {
  const members = parseErrorMembers(text.replaceAll(key, `…${key.slice(-4)}`))
  const message = nonEmptyText(members.message) ?? `${LLM_PROVIDER_NAMES[provider]} answered ${status}.`
  const type = nonEmptyText(members.type) ?? nonEmptyText(members.status)
  const code = typeof members.code === 'number' ? members.code : nonEmptyText(members.code)
  const facts = { status, message, type, code: typeof code === 'string' ? code : null }
  return {
    facts,
    body: (details) => ({
      error: {
        ...members,
        message,
        type: type ?? errorType(status),
        code,
        param: nonEmptyText(members.param),
        talktime: details,
      },
    }),
  }
}

function parseErrorMembers(text: string): Record<string, unknown> {
  const parsed = parseJson(text)
  const first = Array.isArray(parsed) ? parsed[0] : parsed
  const error = readMember(first, 'error') ?? first
  if (typeof error === 'string') return { message: error }
  if (typeof error === 'object' && error !== null) return error as Record<string, unknown>
  const plain = text.trim()
  return plain === '' || plain.startsWith('<') ? {} : { message: plain.slice(0, 1000) }
}

/** Parses JSON. Returns null if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function nonEmptyText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
