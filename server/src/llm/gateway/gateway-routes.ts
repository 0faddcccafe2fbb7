import { z } from 'zod'
import type { HttpServer, Routes } from '../../platform/http/http-server.ts'
import { problemFrom } from '../../platform/http/problem-response.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import type { Recorder } from '../records/recorder.ts'
import { answerChat } from './answer-chat.ts'
import { authenticateCaller, contextRefOf, providerNamed } from './authenticate.ts'
import { ChatRequestDescribed, checkedBody } from './chat-body.ts'
import { answerModels } from './models.ts'
import { openAiError } from './openai-error.ts'
import { resolveRoute } from './resolve-route.ts'

const bodyBytesMax = 10 * 1024 * 1024

const security = [{ key: [] }]
const tags = ['LLM gateway']

/**
 * The gateway: OpenAI's API as far as agents need it, in front of every provider. What it says itself is worded as
 * OpenAI words it too, so that OpenAI's clients understand it.
 */
export function gatewayRoutes(deps: LlmDeps & { readonly recorder: Recorder }): Routes {
  return async (server) => {
    server.decorateRequest('callToken', null)
    const gatewayOf = async (gateway: HttpServer) => {
      speakAsOpenAi(gateway, deps)
      gateway.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store')
        await authenticateCaller(deps.access, request)
      })

      gateway.post(
        '/chat/completions',
        {
          bodyLimit: bodyBytesMax,
          // The body is the provider's; of what the gateway understands it checks the form itself.
          validatorCompiler: () => (data) => ({ value: data }),
          schema: {
            tags,
            security,
            summary: 'Answers of a language model, as OpenAI’s chat completions',
            description:
              'With a workspace key and the header Talktime-Agent, or with a call’s token. Streams are passed on as they come. The headers Talktime-Llm-Key-Source and Talktime-Llm-Fallback tell whose key paid.',
            body: ChatRequestDescribed,
          },
        },
        async (request, reply) => {
          const startedAt = performance.now()
          const { body, named } = checkedBody(request.body)
          const ref = await contextRefOf(deps, request, named.talktime ?? {})
          const provider = providerNamed(request, named.talktime ?? {})
          const way = await resolveRoute(deps, { ...ref, provider, model: named.model ?? null })
          // It is long, and the answer may take minutes.
          request.bodyText = null
          await answerChat(deps, way, body, { request, reply, startedAt })
          return reply
        },
      )

      gateway.get(
        '/models',
        {
          schema: {
            tags,
            security,
            summary: 'The models of the agent’s provider, as OpenAI lists them',
            querystring: z.object({}),
          },
        },
        async (request, reply) => {
          const ref = await contextRefOf(deps, request, {})
          const way = await resolveRoute(deps, {
            ...ref,
            provider: providerNamed(request, {}),
            model: null,
            lists: true,
          })
          await answerModels(deps, way, { request, reply })
          return reply
        },
      )
    }
    await server.register(gatewayOf, { prefix: '/llm/v1' })
  }
}

/** Errors of every address of the gateway, in OpenAI's form. */
function speakAsOpenAi(gateway: HttpServer, { log }: LlmDeps): void {
  gateway.setErrorHandler((error, request, reply) => {
    const problem = tooLarge(error) ?? problemFrom(error)
    const about = { requestId: request.id, code: problem.code, route: request.routeOptions.url }
    if (problem.type === platformProblems.internal)
      log.error({ ...about, err: error }, 'Request of the LLM gateway failed')
    else if (problem.internal !== undefined)
      log.warn({ ...about, internal: problem.internal }, problem.message)
    else log.debug(about, problem.message)
    if (problem.type === platformProblems.unauthenticated) reply.header('www-authenticate', 'Bearer')
    return reply.code(problem.status).send(openAiError(problem, { requestId: request.id }))
  })
  gateway.setNotFoundHandler((request) => {
    throw new Problem(
      platformProblems.not_found,
      `The gateway has POST /llm/v1/chat/completions and GET /llm/v1/models, not ${request.method} ${request.url}.`,
    )
  })
}

function tooLarge(error: unknown): Problem | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'))
    return undefined
  return new Problem(
    platformProblems.body_too_large,
    `The body is larger than ${bodyBytesMax / 1024 / 1024} MB.`,
  )
}
