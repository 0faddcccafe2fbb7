import { canFallBack, type LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import { invariant } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import type { KeyFailure } from '../keys/key-store.ts'
import type { Recorder } from '../records/recorder.ts'
import { askProvider, type ProviderAnswer, readWhole } from './ask-provider.ts'
import type { Watch } from './deadlines.ts'
import { providerError } from './openai-error.ts'
import { chatRequest, type ProviderAccess } from './provider-access.ts'
import { isAboutTheKey, type ProviderError } from './provider-errors.ts'
import type { Way } from './resolve-route.ts'

/** With whose key a request goes out. */
export type Attempt = {
  readonly access: ProviderAccess
  readonly source: LlmKeySource
  /** The platform's, after the own key was refused with this status; null: it is the first. */
  readonly afterOwnStatus: number | null
}

/** What a provider answered that is no answer of the model. */
export type Refusal = ReturnType<typeof providerError> & { readonly answer: ProviderAnswer }

export type Answered =
  | { readonly outcome: 'answered'; readonly answer: ProviderAnswer }
  | ({ readonly outcome: 'refused' } & Refusal)

const errorBytesMax = 1024 * 1024

export function firstAttempt(way: Way): Attempt {
  const access = way.source === 'own' ? way.own?.access : way.platform
  invariant(access, 'A request has the key that was chosen for it')
  return { access, source: way.source, afterOwnStatus: null }
}

/** The attempt that follows a refusal; undefined where none does. */
export function nextAttempt(way: Way, { source }: Attempt, { facts }: Refusal): Attempt | undefined {
  const { offer, platform, provider, fallbackToPlatform } = way
  const refused = { source, isAboutTheKey: isAboutTheKey(provider, facts), fallbackToPlatform }
  if (platform === null || !canFallBack(offer, refused)) return undefined
  return { access: platform, source: 'platform', afterOwnStatus: facts.status }
}

/**
 * Asks with one key, and notes how it fared where it is the workspace's own.
 *
 * @param bodyFor the body for the model under the name that this provider has for it
 * @throws Problem and GaveUp as {@link askProvider}
 */
export async function ask(
  deps: LlmDeps & { readonly recorder: Recorder },
  way: Way,
  attempt: Attempt,
  watch: Watch,
  bodyFor: (model: string) => string,
): Promise<Answered> {
  const { provider } = way
  const { model, ...target } = chatRequest(attempt.access, way.model)
  const options = { body: bodyFor(model), signal: watch.signal }
  const answer = await askProvider(deps, attempt.access, target, options)
  const { statusCode: status } = answer
  if (status >= 200 && status < 300) {
    see(deps, way, attempt, null)
    return { outcome: 'answered', answer }
  }
  const text = await readWhole(provider, answer, errorBytesMax)
  const error = providerError(provider, status, text.toString('utf8'), attempt.access.key)
  if (isAboutTheKey(provider, error.facts)) see(deps, way, attempt, failureOf(error.facts))
  // What else is wrong with a request tells that the key was taken; a provider that fails tells nothing.
  else if (status >= 400 && status < 500) see(deps, way, attempt, null)
  return { outcome: 'refused', answer, ...error }
}

function see(
  { clock, log, recorder }: LlmDeps & { readonly recorder: Recorder },
  { workspaceId, provider, own }: Way,
  attempt: Attempt,
  failure: Omit<KeyFailure, 'atMs'> | null,
): void {
  if (attempt.source === 'platform' && failure !== null) {
    // The operator's to mend, and nobody else tells them.
    log.warn({ provider, ...failure }, 'A language model’s provider refused the platform’s key')
  }
  if (attempt.source !== 'own' || own === null) return
  const { id: keyId, savedAtMs } = own.row
  recorder.see({ workspaceId, keyId, savedAtMs, atMs: clock.now(), failure })
}

/** What is kept of an error: nothing that could hold a part of what was sent. */
export function failureOf({ status, code, type }: ProviderError): Omit<KeyFailure, 'atMs'> {
  const word = code ?? type
  return { status, code: word !== null && /^[\w.-]{1,64}$/.test(word) ? word : null }
}
