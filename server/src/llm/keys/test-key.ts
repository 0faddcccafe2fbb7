import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import type { LlmDeps } from '../deps.ts'
import { askProvider, readWhole } from '../gateway/ask-provider.ts'
import { Aborted } from '../gateway/deadlines.ts'
import { toKeyFailure } from '../gateway/key-fallback.ts'
import { parseProviderError } from '../gateway/openai-error.ts'
import { buildKeyTestRequest, type ProviderAccess } from '../gateway/provider-access.ts'
import { classifyFailure, describeKeyRefusal, isKeyError } from '../gateway/provider-errors.ts'
import type { KeyFailure } from './key-store.ts'

/** The result of testing a key. */
export type KeyTest = {
  readonly outcome: 'accepted' | 'refused' | 'unclear' | 'unreachable'
  /** The result as a sentence. */
  readonly detail: string
  /** The status that the provider answered; null: it did not answer. */
  readonly status: number | null
  /** How the provider refused the key; null: it did not; undefined: the test says nothing about the key. */
  readonly failure: Omit<KeyFailure, 'atMs'> | null | undefined
}

/** Short, because a person waits for the result. */
const TEST_MS_MAX = 15_000
const BYTES_MAX = 8 * 1024 * 1024

/** Tests a key with a request that costs nothing. Never throws for what the provider does. */
export async function testKey(deps: LlmDeps, access: ProviderAccess): Promise<KeyTest> {
  const { provider } = access
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new Aborted('first_byte')),
    Math.min(TEST_MS_MAX, deps.timeouts.firstByteMs),
  )
  try {
    const answer = await askProvider(deps, access, buildKeyTestRequest(access), controller)
    const text = (await readWhole(provider, answer, BYTES_MAX)).toString('utf8')
    return interpretAnswer(access, answer.statusCode, text)
  } catch (error) {
    const failure = classifyFailure(provider, error)
    const detail = 'problem' in failure ? failure.problem.detail : 'The test was aborted.'
    return { outcome: 'unreachable', detail, status: null, failure: undefined }
  } finally {
    clearTimeout(timer)
  }
}

function interpretAnswer({ provider, key }: ProviderAccess, status: number, text: string): KeyTest {
  const name = LLM_PROVIDER_NAMES[provider]
  if (status >= 200 && status < 300) {
    return { outcome: 'accepted', detail: `${name} accepts this key.`, status, failure: null }
  }
  const { facts } = parseProviderError(provider, status, text, key)
  if (isKeyError(provider, facts)) {
    const failure = toKeyFailure(facts)
    return { outcome: 'refused', detail: describeKeyRefusal(provider, status), status, failure }
  }
  const detail = `${name} answered ${status}, which says nothing about the key. The next request will show.`
  return { outcome: 'unclear', detail, status, failure: undefined }
}
