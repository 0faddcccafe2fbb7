import { assertNever } from '@talktime/core/exhaustive'
import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { FastifyReply } from 'fastify'
import { Problem } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import type { RequestEnd } from '../records/request-store.ts'
import { parseTokens, UNKNOWN_TOKENS } from '../records/tokens.ts'
import { type ProviderAnswer, readWhole } from './ask-provider.ts'
import { type ChatRequest, wantsUsage } from './chat-body.ts'
import type { Deadlines } from './deadlines.ts'
import type { AskResult, Refusal } from './key-fallback.ts'
import { openAiError, parseJson } from './openai-error.ts'
import { classifyFailure, classifyProviderError } from './provider-errors.ts'
import { relay } from './relay.ts'

/** A running request, with everything that its answer needs. */
export type Exchange = {
  readonly provider: LlmProvider
  readonly body: ChatRequest
  readonly reply: FastifyReply
  readonly deadlines: Deadlines
  /** When the request arrived, by `performance.now()`. */
  readonly startedAt: number
  /** What the gateway adds to an error. */
  readonly errorDetails: Readonly<Record<string, unknown>>
}

/** How a request ended, as far as its answer shows. */
export type Outcome = Pick<RequestEnd, 'status' | 'error' | 'tokens' | 'firstByteMs'>

/** An answer that is not streamed is held in memory. None is longer than this. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024

/** Sends the provider's answer to the caller. Throws a Problem or Aborted if there is nothing to send. */
export function sendAnswer(exchange: Exchange, result: AskResult): Outcome | Promise<Outcome> {
  switch (result.outcome) {
    case 'refused':
      return sendRefusal(exchange, result)
    case 'answered':
      return isEventStream(result.answer)
        ? sendStream(exchange, result.answer)
        : sendWhole(exchange, result.answer)
    default:
      return assertNever(result)
  }
}

/** Sends the provider's error with the details of the gateway. */
function sendRefusal({ provider, reply, startedAt, errorDetails }: Exchange, refusal: Refusal): Outcome {
  const { status } = refusal.facts
  if (status < 400) {
    const detail = `${LLM_PROVIDER_NAMES[provider]} answered with a redirect (${status}), which is not followed.`
    throw new Problem(llmProblems.llm_provider_failed, detail)
  }
  reply.code(status).send(refusal.body({ ...errorDetails, providerStatus: status }))
  return {
    status,
    error: classifyProviderError(provider, refusal.facts),
    tokens: UNKNOWN_TOKENS,
    firstByteMs: millisecondsSince(startedAt),
  }
}

async function sendStream(exchange: Exchange, answer: ProviderAnswer): Promise<Outcome> {
  const { provider, reply, deadlines, startedAt, errorDetails } = exchange
  const { raw } = reply
  reply.hijack()
  raw.writeHead(answer.statusCode, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Without it nginx would buffer the stream.
    'x-accel-buffering': 'no',
  })
  const { firstByteAt, error, tokens } = await relay(provider, answer, raw, deadlines, {
    hidesTokens: !wantsUsage(exchange.body),
    errorDetails,
  })
  const firstByteMs = firstByteAt === null ? null : Math.round(firstByteAt - startedAt)
  return { status: answer.statusCode, error, tokens, firstByteMs }
}

async function sendWhole({ provider, reply, startedAt }: Exchange, answer: ProviderAnswer): Promise<Outcome> {
  const bytes = await readWhole(provider, answer, WHOLE_BYTES_MAX)
  const parsed = parseJson(bytes.toString('utf8'))
  if (typeof parsed !== 'object' || parsed === null) {
    const detail = `${LLM_PROVIDER_NAMES[provider]} answered with neither JSON nor an event stream.`
    throw new Problem(llmProblems.llm_provider_failed, detail)
  }
  reply.code(answer.statusCode).type('application/json; charset=utf-8').send(bytes)
  const firstByteMs = millisecondsSince(startedAt)
  return {
    status: answer.statusCode,
    error: null,
    tokens: parseTokens(parsed) ?? UNKNOWN_TOKENS,
    firstByteMs,
  }
}

/** Answers a request that failed before an answer began. A caller that left gets nothing. */
export function sendFailure({ provider, reply, errorDetails }: Exchange, error: unknown): Outcome {
  const nothing = { tokens: UNKNOWN_TOKENS, firstByteMs: null }
  const failure = classifyFailure(provider, error)
  if (failure.error === 'caller_gone') {
    reply.hijack()
    return { status: null, error: failure.error, ...nothing }
  }
  const { status } = failure.problem
  reply.code(status).send(openAiError(failure.problem, errorDetails))
  return { status, error: failure.error, ...nothing }
}

/** Whole milliseconds since an instant by `performance.now()`. */
export function millisecondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt)
}

function isEventStream({ headers }: ProviderAnswer): boolean {
  return /^text\/event-stream\b/i.test(String(headers['content-type']))
}
