import type { FastifyReply, FastifyRequest } from 'fastify'
import { newUuid } from '../../platform/ids.ts'
import { Problem } from '../../platform/problem.ts'
import { publicId } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import type { Recorder } from '../records/recorder.ts'
import type { RequestStart } from '../records/request-store.ts'
import { gatewayHeaders, selectHeaders } from './answer-headers.ts'
import { buildProviderBody, type ChatRequest } from './chat-body.ts'
import { startDeadlines } from './deadlines.ts'
import { askWithKey, type KeyChoice, selectFallbackKey, selectFirstKey } from './key-fallback.ts'
import { type Counted, countRequest, estimateTokens, quotaHeaders } from './quota.ts'
import type { Route } from './route.ts'
import { type Exchange, millisecondsSince, type Outcome, sendAnswer, sendFailure } from './send-answer.ts'

/**
 * Answers a chat request: asks the provider, falls back to the platform's key if the route and the quota allow it, passes
 * the answer on, and records the request when it starts and when it ends.
 *
 * @param http.startedAt when the request arrived, by `performance.now()`
 * @param http.characters the length of the request's body
 * @throws Problem `rate_limit_exceeded`
 */
export async function answerChat(
  deps: LlmDeps & { readonly recorder: Recorder },
  route: Route,
  body: ChatRequest,
  http: {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly startedAt: number
    readonly characters: number
  },
): Promise<void> {
  const { clock, recorder } = deps
  const { request, reply, startedAt, characters } = http
  const asked = { tokens: estimateTokens(body, characters), characters }
  const first = selectFirstKey(route)
  let counted = first.source === 'platform' ? await countRequest(deps, route, asked) : null
  const id = newUuid(clock.now())
  const isStream = body.stream === true
  const deadlines = startDeadlines(reply.raw, deps.timeouts)
  const started = { id, atMs: clock.now(), streamed: isStream }
  const describe = (key: KeyChoice) => describeStart(route, started, key, counted?.reservedTokens ?? null)
  recorder.recordRequest({ ...describe(first), end: null })

  async function exchangeWith(key: KeyChoice): Promise<{ key: KeyChoice; outcome: Outcome }> {
    const errorDetails = {
      requestId: request.id,
      llmRequestId: publicId('llmRequest', id),
      provider: route.provider,
      keySource: key.source,
      fallback: key.ownKeyStatus !== null,
    }
    const exchange: Exchange = { provider: route.provider, body, reply, deadlines, startedAt, errorDetails }
    try {
      deadlines.startWaiting(isStream)
      const result = await askWithKey(deps, route, key, deadlines, (model) => buildProviderBody(body, model))
      const fallback = result.outcome === 'refused' ? selectFallbackKey(route, key, result) : undefined
      counted ??= fallback === undefined ? null : await countFallback(deps, route, asked)
      if (fallback !== undefined && counted !== null) return await exchangeWith(fallback)
      reply.headers(gatewayHeaders(route.provider, key)).headers(selectHeaders(result.answer, key.source))
      if (counted !== null) reply.headers(quotaHeaders(counted, route.limits, clock.now()))
      return { key, outcome: await sendAnswer(exchange, result) }
    } catch (error) {
      reply.headers(gatewayHeaders(route.provider, key))
      return { key, outcome: sendFailure(exchange, error) }
    }
  }

  try {
    const { key, outcome } = await exchangeWith(first)
    const end = { ...outcome, endedAtMs: clock.now(), totalMs: millisecondsSince(startedAt) }
    recorder.recordRequest({ ...describe(key), end })
  } finally {
    deadlines.stop()
  }
}

/** Describes a request for its record, with the key that it uses by now. */
export function describeStart(
  { workspaceId, day, agentId, callId, provider, model }: Route,
  request: Pick<RequestStart, 'id' | 'atMs' | 'streamed'>,
  { source, ownKeyStatus }: KeyChoice,
  reservedTokens: number | null,
): RequestStart {
  return {
    ...{ workspaceId, ...request, day, agentId, callId, provider, model },
    keySource: source,
    fallback: ownKeyStatus !== null,
    ownKeyStatus,
    reservedTokens,
  }
}

/** Counts a request that would fall back to the platform's key. Null: the quota does not allow it. */
async function countFallback(
  deps: LlmDeps,
  route: Route,
  asked: Parameters<typeof countRequest>[2],
): Promise<Counted | null> {
  try {
    return await countRequest(deps, route, asked)
  } catch (error) {
    if (error instanceof Problem && error.type === llmProblems.rate_limit_exceeded) return null
    throw error
  }
}
