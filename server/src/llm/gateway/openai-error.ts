import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { Problem } from '../../platform/problem.ts'
import { memberOf } from '../records/tokens.ts'
import type { ProviderError } from './provider-errors.ts'

/** An error as OpenAI's API words it, which is what callers of the gateway understand. */
export type OpenAiError = {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly code: string | number | null
    readonly param: string | null
    readonly [member: string]: unknown
  }
}

/** An error of ours. */
export function openAiError(problem: Problem, more: Record<string, unknown>): OpenAiError {
  const pointer = problem.errors[0]?.pointer
  return {
    error: {
      message: problem.detail,
      type: typeOf(problem.status),
      code: problem.code,
      param: pointer === undefined ? null : pointer.slice(1).replaceAll('/', '.'),
      talktime: more,
    },
  }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

/**
 * A provider's error, as it words it, in OpenAI's form if it has another (Google sends a list). A key in it is cut
 * down to its last four characters: some providers repeat what they were sent.
 *
 * @param more what the gateway has to say about it
 */
export function providerError(
  provider: LlmProvider,
  status: number,
  text: string,
  key: string,
): { facts: ProviderError; body: (more: Record<string, unknown>) => OpenAiError } {
  const said = errorMembers(text.replaceAll(key, `…${key.slice(-4)}`))
  const message = textOf(said.message) ?? `${LLM_PROVIDER_NAMES[provider]} answered ${status}.`
  const type = textOf(said.type) ?? textOf(said.status)
  const code = typeof said.code === 'number' ? said.code : textOf(said.code)
  const facts = { status, message, type, code: typeof code === 'string' ? code : null }
  return {
    facts,
    body: (more) => ({
      error: {
        ...said,
        message,
        type: type ?? typeOf(status),
        code,
        param: textOf(said.param),
        talktime: more,
      },
    }),
  }
}

function errorMembers(text: string): Record<string, unknown> {
  const parsed = parsedOrNull(text)
  const first = Array.isArray(parsed) ? parsed[0] : parsed
  const error = memberOf(first, 'error') ?? first
  if (typeof error === 'string') return { message: error }
  if (typeof error === 'object' && error !== null) return error as Record<string, unknown>
  const plain = text.trim()
  return plain === '' || plain.startsWith('<') ? {} : { message: plain.slice(0, 1000) }
}

/** The JSON in a text; null where it is none. */
export function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
