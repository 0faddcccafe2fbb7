import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { HttpServer, Routes } from '../../platform/http/http-server.ts'
import { problemFrom, RETRY_SECONDS } from '../../platform/http/problem-response.ts'
import { createOverloaded, Problem, platformProblems } from '../../platform/problem.ts'
import { createSlots, type Slots } from '../../platform/slots.ts'
import type { LlmDeps } from '../deps.ts'
import type { Recorder } from '../records/recorder.ts'
import { answerChat } from './answer-chat.ts'
import { authenticateCaller, findContextRef, readProviderName, readTestMark } from './authenticate.ts'
import { DescribedChatRequest, parseChatRequest } from './chat-body.ts'
import { answerModels } from './models.ts'
import { openAiError, retryHeaders } from './openai-error.ts'
import { resolveRoute } from './resolve-route.ts'

const BODY_MB_MAX = 10
const BODY_BYTES_MAX = BODY_MB_MAX * 1024 * 1024

/** The most requests in progress, if the process has handles for that many, and the most of one workspace. */
const REQUESTS = { max: 2_048, ownerMax: 1_024 }

const config = { keyScope: 'llm', importance: 'own' } as const
const security = [{ key: ['llm'] }]
const tags = ['LLM gateway']

type GatewayDeps = LlmDeps & { readonly recorder: Recorder }

/** The deps of the gateway's routes, with the requests that may be in progress. */
type BoundDeps = GatewayDeps & { readonly slots: Slots }

/**
 * The gateway: the part of OpenAI's API that agents need, for every provider. Its own errors have OpenAI's form, so
 * that OpenAI's clients understand them.
 */
export function gatewayRoutes(deps: GatewayDeps): Routes {
  return async (server) => {
    server.decorateRequest('callToken', null)
    const slots = createSlots({ ...REQUESTS, max: Math.min(REQUESTS.max, deps.requestsMax) })
    const bound = { ...deps, slots }
    const registerGateway = async (gateway: HttpServer) => {
      handleErrors(gateway, deps)
      gateway.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store')
        await authenticateCaller(deps.access, request)
      })
      registerChat(gateway, bound)
      registerModels(gateway, bound)
    }
    await server.register(registerGateway, { prefix: '/llm/v1' })
  }
}

function registerChat(gateway: HttpServer, deps: BoundDeps): void {
  gateway.post(
    '/chat/completions',
    {
      bodyLimit: BODY_BYTES_MAX,
      config,
      // The provider checks the body. The gateway checks only the members that it understands.
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        security,
        summary: 'Ask a language model, as in OpenAI’s chat completions',
        description:
          'Send a workspace key and the header Talktime-Call, or a call token. The platform’s key is used in live calls, within the plan’s requests a minute and tokens a day (429 with Retry-After beyond), and for a few tests a day, which name an agent in Talktime-Agent and are marked by Talktime-Test: true. Streams are passed on as they arrive. The response headers Talktime-Llm-Key-Source and Talktime-Llm-Fallback show whose key was used.',
        body: DescribedChatRequest,
      },
    },
    async (request, reply) => {
      const startedAt = performance.now()
      const { body, named } = parseChatRequest(request.body)
      const ref = await findContextRef(deps, request, named.talktime ?? {})
      takeSlot(deps.slots, ref.workspaceId, reply)
      const provider = readProviderName(request, named.talktime ?? {})
      const isTest = readTestMark(request, named.talktime ?? {})
      const route = await resolveRoute(deps, { ...ref, provider, model: named.model ?? null, isTest })
      const characters = request.bodyText?.length ?? 0
      // Releases the text of the body, which may be long, while the answer takes up to minutes.
      request.bodyText = null
      await answerChat(deps, route, body, { request, reply, startedAt, characters })
      return reply
    },
  )
}

function registerModels(gateway: HttpServer, deps: BoundDeps): void {
  gateway.get(
    '/models',
    {
      config,
      schema: {
        tags,
        security,
        summary: 'The models of the agent’s provider, as OpenAI lists them',
        querystring: z.object({}),
      },
    },
    async (request, reply) => {
      const ref = await findContextRef(deps, request, {})
      takeSlot(deps.slots, ref.workspaceId, reply)
      const provider = readProviderName(request, {})
      const route = await resolveRoute(deps, { ...ref, provider, model: null, lists: true })
      await answerModels(deps, route, { request, reply })
      return reply
    },
  )
}

/** Takes a slot for a request until its answer is over. Throws `overloaded` if the workspace or the server has none. */
function takeSlot(slots: Slots, workspaceId: string, reply: FastifyReply): void {
  const free = slots.take(workspaceId)
  if (free === undefined) throw createOverloaded('Too many requests are in progress. Retry shortly.')
  if (reply.raw.destroyed) free()
  else reply.raw.once('close', free)
}

/** Answers errors of every route of the gateway in OpenAI's form. */
function handleErrors(gateway: HttpServer, { log }: LlmDeps): void {
  gateway.setErrorHandler((error, request, reply) => {
    const problem = bodyTooLarge(error) ?? problemFrom(error)
    const fields = { requestId: request.id, code: problem.code, route: request.routeOptions.url }
    if (problem.type === platformProblems.internal)
      log.error({ ...fields, err: error }, 'A request of the LLM gateway failed')
    else if (problem.internal !== undefined)
      log.warn({ ...fields, internal: problem.internal }, problem.message)
    else log.debug(fields, problem.message)
    if (problem.type === platformProblems.overloaded) reply.header('retry-after', RETRY_SECONDS)
    if (problem.type === platformProblems.unauthenticated) reply.header('www-authenticate', 'Bearer')
    reply.headers(retryHeaders(problem))
    return reply.code(problem.status).send(openAiError(problem, { requestId: request.id }))
  })
  gateway.setNotFoundHandler((request) => {
    throw new Problem(
      platformProblems.not_found,
      `The gateway has POST /llm/v1/chat/completions and GET /llm/v1/models, not ${request.method} ${request.url}.`,
    )
  })
}

function bodyTooLarge(error: unknown): Problem | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'))
    return undefined
  return new Problem(platformProblems.body_too_large, `The body is larger than ${BODY_MB_MAX} MB.`)
}
