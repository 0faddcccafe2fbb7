import { canFallBack, type LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import { invariant } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import type { KeyFailure } from '../keys/key-store.ts'
import type { Recorder } from '../records/recorder.ts'
import { askProvider, type ProviderAnswer, readWhole } from './ask-provider.ts'
import type { Deadlines } from './deadlines.ts'
import { parseProviderError } from './openai-error.ts'
import { buildChatRequest, type ProviderAccess } from './provider-access.ts'
import { isKeyError, type ProviderError } from './provider-errors.ts'
import type { Route } from './route.ts'

/** The key with which a request goes to the provider. */
export type KeyChoice = {
  readonly access: ProviderAccess
  readonly source: LlmKeySource
  /** The status with which the provider refused the own key before this fallback; null: this is the first key. */
  readonly ownKeyStatus: number | null
}

/** An error that a provider answered. */
export type Refusal = ReturnType<typeof parseProviderError> & { readonly answer: ProviderAnswer }

export type AskResult =
  | { readonly outcome: 'answered'; readonly answer: ProviderAnswer }
  | ({ readonly outcome: 'refused' } & Refusal)

const ERROR_BYTES_MAX = 1024 * 1024

export function selectFirstKey(route: Route): KeyChoice {
  const access = route.source === 'own' ? route.own?.access : route.platform
  invariant(access, 'A route has the key that was chosen for it')
  return { access, source: route.source, ownKeyStatus: null }
}

/** Selects the key for another try after a refusal. Undefined if there is none. */
export function selectFallbackKey(
  route: Route,
  { source }: KeyChoice,
  { facts }: Refusal,
): KeyChoice | undefined {
  const { availability, platform, provider, fallbackToPlatform } = route
  const refused = { source, isAboutTheKey: isKeyError(provider, facts), fallbackToPlatform }
  if (platform === null || !canFallBack(availability, refused)) return undefined
  return { access: platform, source: 'platform', ownKeyStatus: facts.status }
}

/**
 * Asks the provider with one key. If it is the workspace's own, records whether the provider accepted it.
 *
 * @param buildBody builds the request body for the model's name at this provider
 * @throws Problem and Aborted as {@link askProvider}
 */
export async function askWithKey(
  deps: LlmDeps & { readonly recorder: Recorder },
  route: Route,
  key: KeyChoice,
  deadlines: Pick<Deadlines, 'signal'>,
  buildBody: (model: string) => string,
): Promise<AskResult> {
  const { provider } = route
  const { model, ...target } = buildChatRequest(key.access, route.model)
  const options = { body: buildBody(model), signal: deadlines.signal }
  const answer = await askProvider(deps, key.access, target, options)
  const { statusCode: status } = answer
  if (status >= 200 && status < 300) {
    recordKeyUse(deps, route, key, null)
    return { outcome: 'answered', answer }
  }
  const text = await readWhole(provider, answer, ERROR_BYTES_MAX)
  const error = parseProviderError(provider, status, text.toString('utf8'), key.access.key)
  if (isKeyError(provider, error.facts)) recordKeyUse(deps, route, key, toKeyFailure(error.facts))
  // Any other 4xx means that the provider accepted the key. A 5xx says nothing about it.
  else if (status >= 400 && status < 500) recordKeyUse(deps, route, key, null)
  return { outcome: 'refused', answer, ...error }
}

function recordKeyUse(
  { clock, log, recorder }: LlmDeps & { readonly recorder: Recorder },
  { workspaceId, provider, own }: Route,
  key: KeyChoice,
  failure: Omit<KeyFailure, 'atMs'> | null,
): void {
  if (key.source === 'platform' && failure !== null) {
    // Only the operator can fix this, and the log is the only place where they see it.
    log.warn({ provider, ...failure }, 'An LLM provider refused the platform’s key')
  }
  if (key.source !== 'own' || own === null) return
  const { id: keyId, savedAtMs } = own.row
  recorder.recordKeyUse({ workspaceId, keyId, savedAtMs, atMs: clock.now(), failure })
}

/** Reduces an error to what is stored about a key. It keeps nothing that could contain a part of the request. */
export function toKeyFailure({ status, code, type }: ProviderError): Omit<KeyFailure, 'atMs'> {
  const word = code ?? type
  return { status, code: word !== null && /^[\w.-]{1,64}$/.test(word) ? word : null }
}
