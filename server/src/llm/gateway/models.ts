import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import { readMember } from '../records/tokens.ts'
import { gatewayHeaders, selectHeaders } from './answer-headers.ts'
import { askProvider, readWhole } from './ask-provider.ts'
import { type Deadlines, startDeadlines } from './deadlines.ts'
import { type KeyChoice, selectFirstKey } from './key-fallback.ts'
import { openAiError, parseJson, parseProviderError } from './openai-error.ts'
import { isModelAllowed } from './platform-key.ts'
import { buildModelsRequest } from './provider-access.ts'
import { classifyFailure } from './provider-errors.ts'
import { countRequest } from './quota.ts'
import type { Route } from './route.ts'

const BYTES_MAX = 8 * 1024 * 1024

/**
 * Lists the models of a route's provider in OpenAI's form, with the key that a chat request would use.
 *
 * @throws Problem `rate_limit_exceeded`
 */
export async function answerModels(
  deps: LlmDeps,
  route: Route,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  const { provider } = route
  const key = selectFirstKey(route)
  const errorDetails = { requestId: request.id, provider, keySource: key.source, fallback: false }
  reply.headers(gatewayHeaders(provider, key))
  const deployed = Object.keys(key.access.deployments).map((id) => ({ id }))
  if (deployed.length > 0) {
    reply.send(modelList(route, deployed, deps))
    return
  }
  if (key.source === 'platform') await countRequest(deps, route, { tokens: 0, characters: 0 })
  const deadlines = startDeadlines(reply.raw, deps.timeouts)
  try {
    await passModelsOn(deps, route, key, { reply, deadlines, errorDetails })
  } catch (error) {
    const failure = classifyFailure(provider, error)
    if (failure.error === 'caller_gone') reply.hijack()
    else reply.code(failure.problem.status).send(openAiError(failure.problem, errorDetails))
  } finally {
    deadlines.stop()
  }
}

async function passModelsOn(
  deps: LlmDeps,
  route: Route,
  { access, source }: KeyChoice,
  answering: {
    readonly reply: FastifyReply
    readonly deadlines: Deadlines
    readonly errorDetails: Record<string, unknown>
  },
): Promise<void> {
  const { reply, deadlines, errorDetails } = answering
  const { provider } = route
  deadlines.startWaiting(true)
  const answer = await askProvider(deps, access, buildModelsRequest(access), deadlines)
  const text = (await readWhole(provider, answer, BYTES_MAX)).toString('utf8')
  reply.headers(selectHeaders(answer, source))
  if (answer.statusCode === 200) {
    reply.send(modelList(route, parseModels(provider, text), deps))
    return
  }
  const { facts, body } = parseProviderError(provider, answer.statusCode, text, access.key)
  reply
    .code(facts.status < 400 ? 502 : facts.status)
    .send(body({ ...errorDetails, providerStatus: facts.status }))
}

function parseModels(provider: LlmProvider, text: string): unknown[] {
  const data = readMember(parseJson(text), 'data')
  if (Array.isArray(data)) return data
  throw new Problem(
    llmProblems.llm_provider_failed,
    `${LLM_PROVIDER_NAMES[provider]} did not answer with a list of models.`,
  )
}

/** Providers say more or less about a model. This list has the members that OpenAI's clients expect. */
function modelList({ provider, source }: Route, models: readonly unknown[], { settings }: LlmDeps) {
  const known = models.flatMap((model) => {
    const id = readMember(model, 'id')
    // Google lists names with the prefix "models/", but also accepts them without it.
    return typeof id === 'string' ? [{ model, id: id.replace(/^models\//, '') }] : []
  })
  const usable = source === 'own' ? known : known.filter(({ id }) => isModelAllowed(settings.models, id))
  return {
    object: 'list',
    data: usable.map(({ model, id }) => ({
      id,
      object: 'model',
      created: readCreatedSeconds(model),
      owned_by: String(readMember(model, 'owned_by') ?? provider),
    })),
  }
}

/** Reads when a model was created, in seconds since 1970 as in OpenAI's API. 0 if the provider does not say. */
function readCreatedSeconds(model: unknown): number {
  const created = readMember(model, 'created')
  if (typeof created === 'number') return created
  const atMs = Date.parse(String(readMember(model, 'created_at')))
  return Number.isNaN(atMs) ? 0 : Math.floor(atMs / 1000)
}
