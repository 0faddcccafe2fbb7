import type { FastifyReply, FastifyRequest } from 'fastify'
import { newUuid } from '../../platform/ids.ts'
import { publicId } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import type { Recorder } from '../records/recorder.ts'
import type { RequestStart } from '../records/request-store.ts'
import { gatewayHeaders, selectHeaders } from './answer-headers.ts'
import { buildProviderBody, type ChatRequest } from './chat-body.ts'
import { startDeadlines } from './deadlines.ts'
import { askWithKey, type KeyChoice, selectFallbackKey, selectFirstKey } from './key-fallback.ts'
import type { Route } from './route.ts'
import { type Exchange, millisecondsSince, type Outcome, sendAnswer, sendFailure } from './send-answer.ts'

/**
 * Answers a chat request: asks the provider, falls back to the platform's key if the route allows it, passes the answer
 * on, and records the request when it starts and when it ends.
 *
 * @param http.startedAt when the request arrived, by `performance.now()`
 */
export async function answerChat(
  deps: LlmDeps & { readonly recorder: Recorder },
  route: Route,
  body: ChatRequest,
  http: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly startedAt: number },
): Promise<void> {
  const { clock, recorder } = deps
  const { request, reply, startedAt } = http
  const id = newUuid(clock.now())
  const isStream = body.stream === true
  const deadlines = startDeadlines(reply.raw, deps.timeouts)
  const describeStart = startDescriber(route, { id, atMs: clock.now(), streamed: isStream })
  recorder.recordRequest({ ...describeStart(selectFirstKey(route)), end: null })

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
      if (fallback !== undefined) return await exchangeWith(fallback)
      reply.headers(gatewayHeaders(route.provider, key)).headers(selectHeaders(result.answer))
      return { key, outcome: await sendAnswer(exchange, result) }
    } catch (error) {
      reply.headers(gatewayHeaders(route.provider, key))
      return { key, outcome: sendFailure(exchange, error) }
    }
  }

  try {
    const { key, outcome } = await exchangeWith(selectFirstKey(route))
    const end = { ...outcome, endedAtMs: clock.now(), totalMs: millisecondsSince(startedAt) }
    recorder.recordRequest({ ...describeStart(key), end })
  } finally {
    deadlines.stop()
  }
}

function startDescriber(
  { workspaceId, day, agentId, callId, provider, model }: Route,
  request: { readonly id: string; readonly atMs: number; readonly streamed: boolean },
): (key: KeyChoice) => RequestStart {
  return ({ source, ownKeyStatus }) => ({
    ...{ workspaceId, ...request, day, agentId, callId, provider, model },
    keySource: source,
    fallback: ownKeyStatus !== null,
    ownKeyStatus,
  })
}
