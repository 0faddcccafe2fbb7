import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import type { LlmDeps } from '../deps.ts'
import { askProvider, readWhole } from '../gateway/ask-provider.ts'
import { Aborted } from '../gateway/deadlines.ts'
import { failureOf as keyFailureOf } from '../gateway/key-fallback.ts'
import { providerError } from '../gateway/openai-error.ts'
import { harmlessRequest, type ProviderAccess } from '../gateway/provider-access.ts'
import { isAboutTheKey, refusalSentence } from '../gateway/provider-errors.ts'
import { failureOf } from '../gateway/request-failure.ts'
import type { KeyFailure } from './key-store.ts'

/** What came of trying a key, in a word and in a sentence for people. */
export type KeyTest = {
  readonly outcome: 'accepted' | 'refused' | 'unclear' | 'unreachable'
  readonly detail: string
  /** What the provider answered; null: nothing. */
  readonly status: number | null
  /** What is to be noted of the key; undefined: nothing was learned. */
  readonly failure: Omit<KeyFailure, 'atMs'> | null | undefined
}

/** Somebody waits before a screen. */
const testMsMax = 15_000
const bytesMax = 8 * 1024 * 1024

/** Asks the provider something that costs nothing. Never throws for what the provider does. */
export async function testKey(deps: LlmDeps, access: ProviderAccess): Promise<KeyTest> {
  const { provider } = access
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new Aborted('first_byte')),
    Math.min(testMsMax, deps.patience.firstByteMs),
  )
  try {
    const answer = await askProvider(deps, access, harmlessRequest(access), controller)
    const text = (await readWhole(provider, answer, bytesMax)).toString('utf8')
    return judged(access, answer.statusCode, text)
  } catch (error) {
    const failure = failureOf(provider, error)
    const detail = 'problem' in failure ? failure.problem.detail : 'It was given up.'
    return { outcome: 'unreachable', detail, status: null, failure: undefined }
  } finally {
    clearTimeout(timer)
  }
}

function judged({ provider, key }: ProviderAccess, status: number, text: string): KeyTest {
  if (status >= 200 && status < 300) {
    return { outcome: 'accepted', detail: `${nameOf(provider)} takes this key.`, status, failure: null }
  }
  const { facts } = providerError(provider, status, text, key)
  if (isAboutTheKey(provider, facts)) {
    return {
      outcome: 'refused',
      detail: refusalSentence(provider, status),
      status,
      failure: keyFailureOf(facts),
    }
  }
  const detail = `${nameOf(provider)} answered ${status}, which says nothing about the key. The next request will tell.`
  return { outcome: 'unclear', detail, status, failure: undefined }
}

const nameOf = (provider: LlmProvider) => LLM_PROVIDER_NAMES[provider]
