import type { LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { newUuid } from '../../platform/ids.ts'
import type { LlmDeps } from '../deps.ts'
import type { Recorder } from '../records/recorder.ts'
import { parseTokens, readMember, type Tokens, UNKNOWN_TOKENS } from '../records/tokens.ts'
import { describeStart } from './answer-chat.ts'
import { readWhole } from './ask-provider.ts'
import { buildProviderBody } from './chat-body.ts'
import { Aborted } from './deadlines.ts'
import { type AskResult, askWithKey, selectFirstKey } from './key-fallback.ts'
import { parseJson } from './openai-error.ts'
import { classifyFailure, classifyProviderError } from './provider-errors.ts'
import { countRequest, estimateTokens } from './quota.ts'
import { resolveRoute } from './resolve-route.ts'
import type { Route } from './route.ts'
import { millisecondsSince, type Outcome } from './send-answer.ts'

/** What an agent's model answered to a test, outside a call. */
export type ModelTest = {
  readonly provider: LlmProvider
  readonly model: string
  readonly keySource: LlmKeySource
  /** Null: it failed. */
  readonly answer: string | null
  /** What happened, in a sentence. */
  readonly detail: string
  /** The status that the provider answered; null: it did not answer. */
  readonly status: number | null
  readonly tokens: Tokens
  readonly totalMs: number
}

/** Short, because a person waits for the answer. */
const TEST_MS_MAX = 30_000
const BYTES_MAX = 1024 * 1024

/**
 * Asks an agent's model one question for a person who tries it, with the key that the agent's calls use. It is recorded and
 * counted like any request that is marked as a test.
 *
 * @throws Problem as {@link resolveRoute}, and `rate_limit_exceeded`. What the provider does is part of the result
 */
export async function testModel(
  deps: LlmDeps & { readonly recorder: Recorder },
  asked: { readonly workspaceId: string; readonly agentId: string; readonly message: string },
): Promise<ModelTest> {
  const { clock, recorder } = deps
  const { message, ...named } = asked
  const startedAt = performance.now()
  const nothing = { callId: null, token: null, provider: null, model: null }
  const route = await resolveRoute(deps, { ...named, ...nothing, isTest: true })
  const key = selectFirstKey(route)
  const body = { messages: [{ role: 'user', content: message }] }
  const tokens = estimateTokens(body, message.length)
  const counted =
    key.source === 'platform' ? await countRequest(deps, route, { tokens, characters: message.length }) : null
  const request = { id: newUuid(clock.now()), atMs: clock.now(), streamed: false }
  const start = describeStart(route, request, key, counted?.reservedTokens ?? null)
  recorder.recordRequest({ ...start, end: null })
  const { answer, detail, ...outcome } = await ask(deps, route, (signal) =>
    askWithKey(deps, route, key, { signal }, (model) => buildProviderBody(body, model)),
  )
  const totalMs = millisecondsSince(startedAt)
  recorder.recordRequest({
    ...start,
    end: { ...outcome, endedAtMs: clock.now(), totalMs, firstByteMs: totalMs },
  })
  const { provider, model } = route
  const { status, tokens: used } = outcome
  return { provider, model, keySource: key.source, answer, detail, status, tokens: used, totalMs }
}

type Answered = Omit<Outcome, 'firstByteMs'> & Pick<ModelTest, 'answer' | 'detail'>

/** Asks, and says what came of it. Never throws for what the provider does. */
async function ask(
  deps: LlmDeps,
  { provider }: Route,
  send: (signal: AbortSignal) => Promise<AskResult>,
): Promise<Answered> {
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new Aborted('total')),
    Math.min(TEST_MS_MAX, deps.timeouts.totalMs),
  )
  const failed = { answer: null, tokens: UNKNOWN_TOKENS }
  try {
    const result = await send(controller.signal)
    const status = result.answer.statusCode
    if (result.outcome === 'refused') {
      const detail = result.facts.message ?? `${LLM_PROVIDER_NAMES[provider]} answered ${status}.`
      return { ...failed, status, error: classifyProviderError(provider, result.facts), detail }
    }
    const parsed = parseJson((await readWhole(provider, result.answer, BYTES_MAX)).toString('utf8'))
    return { ...interpret(provider, parsed), status, tokens: parseTokens(parsed) ?? UNKNOWN_TOKENS }
  } catch (error) {
    const failure = classifyFailure(provider, error)
    const detail = 'problem' in failure ? failure.problem.detail : 'The test was aborted.'
    return { ...failed, status: null, error: failure.error, detail }
  } finally {
    clearTimeout(timer)
  }
}

function interpret(provider: LlmProvider, parsed: unknown): Pick<Answered, 'answer' | 'detail' | 'error'> {
  const name = LLM_PROVIDER_NAMES[provider]
  const choices = readMember(parsed, 'choices')
  const content = readMember(
    readMember(Array.isArray(choices) ? choices[0] : undefined, 'message'),
    'content',
  )
  if (typeof content === 'string') return { answer: content, detail: `${name} answered.`, error: null }
  return { answer: null, detail: `${name} answered without text.`, error: 'provider_failed' }
}
