import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newUuid } from '../../platform/ids.ts'
import { Problem } from '../../platform/problem.ts'
import { publicId } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import type { Recorder } from '../records/recorder.ts'
import type { RequestBegun, RequestEnd, RequestError } from '../records/request-store.ts'
import { tokensIn, unknownTokens } from '../records/tokens.ts'
import { gatewayHeaders, headersBack } from './answer-headers.ts'
import { type ProviderAnswer, readWhole } from './ask-provider.ts'
import { asksForTokens, bodyFor, type ChatRequest } from './chat-body.ts'
import { type Watch, watchOver } from './deadlines.ts'
import { type Attempt, ask, firstAttempt, nextAttempt, type Refusal } from './key-fallback.ts'
import { openAiError, parsedOrNull } from './openai-error.ts'
import { isAboutTheKey, type ProviderError } from './provider-errors.ts'
import { relay } from './relay.ts'
import { failureOf } from './request-failure.ts'
import type { Way } from './resolve-route.ts'

/** A request under way, with everything that its answer takes. */
type Exchange = {
  readonly way: Way
  readonly body: ChatRequest
  readonly reply: FastifyReply
  readonly watch: Watch
  /** By `performance.now()`. */
  readonly startedAt: number
  /** What an error says beside the error. */
  readonly about: Readonly<Record<string, unknown>>
}

type Outcome = Pick<RequestEnd, 'status' | 'error' | 'tokens' | 'firstByteMs'>

/** An answer that comes as a whole is kept until its end; none is that long. */
const wholeBytesMax = 16 * 1024 * 1024

/**
 * Answers a request: asks the provider, once more with the platform's key where that may be, passes the answer on and
 * records what came of it.
 *
 * @param startedAt by `performance.now()`, when the request arrived
 */
export async function answerChat(
  deps: LlmDeps & { readonly recorder: Recorder },
  way: Way,
  body: ChatRequest,
  http: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly startedAt: number },
): Promise<void> {
  const { clock, recorder } = deps
  const { request, reply, startedAt } = http
  const id = newUuid(clock.now())
  const streamed = body.stream === true
  const watch = watchOver(reply.raw, deps.patience)
  const begun = beginning(way, id, clock.now(), streamed)
  recorder.write({ ...begun(firstAttempt(way)), end: null })

  async function exchangeWith(attempt: Attempt): Promise<{ attempt: Attempt; outcome: Outcome }> {
    const about = {
      requestId: request.id,
      llmRequestId: publicId('llmRequest', id),
      provider: way.provider,
      keySource: attempt.source,
      fallback: attempt.afterOwnStatus !== null,
    }
    const exchange: Exchange = { way, body, reply, watch, startedAt, about }
    try {
      watch.asked(streamed)
      const answered = await ask(deps, way, attempt, watch, (model) => bodyFor(body, model))
      const next = answered.outcome === 'refused' ? nextAttempt(way, attempt, answered) : undefined
      if (next !== undefined) return await exchangeWith(next)
      reply.headers(gatewayHeaders(way.provider, attempt)).headers(headersBack(answered.answer))
      return { attempt, outcome: await sendAnswer(exchange, answered) }
    } catch (error) {
      reply.headers(gatewayHeaders(way.provider, attempt))
      return { attempt, outcome: sendFailure(exchange, error) }
    }
  }

  try {
    const { attempt, outcome } = await exchangeWith(firstAttempt(way))
    const end = { ...outcome, endedAtMs: clock.now(), totalMs: msSince(startedAt) }
    recorder.write({ ...begun(attempt), end })
  } finally {
    watch.stop()
  }
}

function beginning(
  way: Way,
  id: string,
  atMs: number,
  streamed: boolean,
): (attempt: Attempt) => RequestBegun {
  const { workspaceId, day, agentId, callId, provider, model } = way
  return ({ source, afterOwnStatus }) => ({
    ...{ workspaceId, id, atMs, day, agentId, callId, provider, model, streamed },
    keySource: source,
    fallback: afterOwnStatus !== null,
    ownKeyStatus: afterOwnStatus,
  })
}

function sendAnswer(
  exchange: Exchange,
  answered: Awaited<ReturnType<typeof ask>>,
): Outcome | Promise<Outcome> {
  if (answered.outcome === 'refused') return sendRefusal(exchange, answered)
  return isEventStream(answered.answer)
    ? sendStream(exchange, answered.answer)
    : sendWhole(exchange, answered.answer)
}

/** The provider's error, as it words it, and whose key it was. */
function sendRefusal({ way, reply, startedAt, about }: Exchange, refusal: Refusal): Outcome {
  const { status } = refusal.facts
  if (status < 400) {
    const name = LLM_PROVIDER_NAMES[way.provider]
    throw new Problem(
      llmProblems.llm_provider_failed,
      `${name} answered with a redirect (${status}), which is not followed.`,
    )
  }
  reply.code(status).send(refusal.body({ ...about, providerStatus: status }))
  return {
    status,
    error: errorOf(way, refusal.facts),
    tokens: unknownTokens,
    firstByteMs: msSince(startedAt),
  }
}

async function sendStream(exchange: Exchange, answer: ProviderAnswer): Promise<Outcome> {
  const { way, reply, watch, startedAt } = exchange
  const { raw } = reply
  reply.hijack()
  raw.writeHead(answer.statusCode, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold deps back otherwise.
    'x-accel-buffering': 'no',
  })
  const { firstByteAt, error, tokens } = await relay(way.provider, answer, raw, watch, {
    hidesTokens: !asksForTokens(exchange.body),
    about: exchange.about,
  })
  const firstByteMs = firstByteAt === null ? null : Math.round(firstByteAt - startedAt)
  return { status: answer.statusCode, error, tokens, firstByteMs }
}

async function sendWhole({ way, reply, startedAt }: Exchange, answer: ProviderAnswer): Promise<Outcome> {
  const bytes = await readWhole(way.provider, answer, wholeBytesMax)
  const parsed = parsedOrNull(bytes.toString('utf8'))
  if (typeof parsed !== 'object' || parsed === null) {
    const name = LLM_PROVIDER_NAMES[way.provider]
    throw new Problem(
      llmProblems.llm_provider_failed,
      `${name} answered with neither JSON nor a stream of events.`,
    )
  }
  reply.code(answer.statusCode).type('application/json; charset=utf-8').send(bytes)
  const firstByteMs = msSince(startedAt)
  return { status: answer.statusCode, error: null, tokens: tokensIn(parsed) ?? unknownTokens, firstByteMs }
}

function sendFailure({ way, reply, about }: Exchange, error: unknown): Outcome {
  const nothing = { tokens: unknownTokens, firstByteMs: null }
  const failure = failureOf(way.provider, error)
  if (failure.error === 'caller_gone') {
    reply.hijack()
    return { status: null, error: failure.error, ...nothing }
  }
  const { status } = failure.problem
  reply.code(status).send(openAiError(failure.problem, about))
  return { status, error: failure.error, ...nothing }
}

function errorOf({ provider }: Way, facts: ProviderError): RequestError {
  if (facts.status === 429) return 'rate_limited'
  if (isAboutTheKey(provider, facts)) return 'key_refused'
  return facts.status >= 500 ? 'provider_failed' : 'request_refused'
}

function isEventStream({ headers }: ProviderAnswer): boolean {
  return /^text\/event-stream\b/i.test(String(headers['content-type']))
}

const msSince = (startedAt: number) => Math.round(performance.now() - startedAt)
