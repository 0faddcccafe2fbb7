import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import { memberOf } from '../records/tokens.ts'
import { gatewayHeaders, headersBack } from './answer-headers.ts'
import { askProvider, readWhole } from './ask-provider.ts'
import { watchOver } from './deadlines.ts'
import { firstAttempt } from './key-fallback.ts'
import { openAiError, parsedOrNull, providerError } from './openai-error.ts'
import { modelsRequest } from './provider-access.ts'
import { failureOf } from './request-failure.ts'
import { isPaidFor, type Way } from './resolve-route.ts'

const bytesMax = 8 * 1024 * 1024

/** Answers which models there are with the key that requests would go out with, as OpenAI lists them. */
export async function answerModels(
  deps: LlmDeps,
  way: Way,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  const { provider } = way
  const attempt = firstAttempt(way)
  const about = { requestId: request.id, provider, keySource: attempt.source, fallback: false }
  reply.headers(gatewayHeaders(provider, attempt))
  const deployed = Object.keys(attempt.access.deployments)
  if (deployed.length > 0) {
    reply.send(
      modelList(
        way,
        deployed.map((id) => ({ id })),
        deps,
      ),
    )
    return
  }
  const watch = watchOver(reply.raw, deps.patience)
  try {
    watch.asked(true)
    const answer = await askProvider(deps, attempt.access, modelsRequest(attempt.access), watch)
    const text = (await readWhole(provider, answer, bytesMax)).toString('utf8')
    reply.headers(headersBack(answer))
    if (answer.statusCode === 200) reply.send(modelList(way, modelsIn(provider, text), deps))
    else {
      const { facts, body } = providerError(provider, answer.statusCode, text, attempt.access.key)
      reply
        .code(facts.status < 400 ? 502 : facts.status)
        .send(body({ ...about, providerStatus: facts.status }))
    }
  } catch (error) {
    const failure = failureOf(provider, error)
    if (failure.error === 'caller_gone') reply.hijack()
    else reply.code(failure.problem.status).send(openAiError(failure.problem, about))
  } finally {
    watch.stop()
  }
}

function modelsIn(provider: LlmProvider, text: string): unknown[] {
  const data = memberOf(parsedOrNull(text), 'data')
  if (Array.isArray(data)) return data
  throw new Problem(
    llmProblems.llm_provider_failed,
    `${LLM_PROVIDER_NAMES[provider]} answered with no list of models.`,
  )
}

/** Providers list more or less about a model; what OpenAI's clients expect is there of each. */
function modelList({ provider, source }: Way, models: readonly unknown[], { settings }: LlmDeps) {
  const known = models.flatMap((model) => {
    const id = memberOf(model, 'id')
    // Google puts "models/" before the names it takes.
    return typeof id === 'string' ? [{ model, id: id.replace(/^models\//, '') }] : []
  })
  const offered = source === 'own' ? known : known.filter(({ id }) => isPaidFor(settings.models, id))
  return {
    object: 'list',
    data: offered.map(({ model, id }) => ({
      id,
      object: 'model',
      created: createdOf(model),
      owned_by: String(memberOf(model, 'owned_by') ?? provider),
    })),
  }
}

/** In seconds since 1970, as OpenAI has it. */
function createdOf(model: unknown): number {
  const created = memberOf(model, 'created')
  if (typeof created === 'number') return created
  const at = Date.parse(String(memberOf(model, 'created_at')))
  return Number.isNaN(at) ? 0 : Math.floor(at / 1000)
}
