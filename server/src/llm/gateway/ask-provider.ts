import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { type Dispatcher, request } from 'undici'
import { Problem } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import type { ProviderAccess, ProviderRequest } from './provider-access.ts'
import { toProblem } from './provider-errors.ts'

export type ProviderAnswer = Dispatcher.ResponseData

/** The headers of every request to a provider, besides its key. None of the caller's headers are passed on. */
const ownHeaders = {
  accept: 'application/json, text/event-stream',
  // The gateway reads what it passes on, so it must not be compressed.
  'accept-encoding': 'identity',
  'user-agent': 'Talktime',
}

/**
 * Sends a request to a provider and resolves when the head of the answer arrives. Redirects are not followed. The
 * signal is the only timeout.
 *
 * @throws Problem llm_address_refused, llm_provider_unreachable; Aborted when the signal aborts
 */
export async function askProvider(
  { outbounds }: Pick<LlmDeps, 'outbounds'>,
  { provider, chosenBy }: ProviderAccess,
  { url, headers }: ProviderRequest,
  options: { readonly body?: string; readonly signal: AbortSignal },
): Promise<ProviderAnswer> {
  const outbound = outbounds[chosenBy]
  try {
    outbound.check(url)
    return await request(url, {
      dispatcher: outbound.dispatcher,
      method: options.body === undefined ? 'GET' : 'POST',
      headers: {
        ...ownHeaders,
        ...headers,
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(options.body !== undefined && { body: options.body }),
      signal: options.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  } catch (error) {
    throw toProblem(provider, error)
  }
}

/**
 * Reads an answer's whole body.
 *
 * @throws Problem llm_provider_failed if it is longer than `bytesMax`, llm_provider_unreachable if it breaks off
 */
export async function readWhole(
  provider: LlmProvider,
  { body }: ProviderAnswer,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length
      if (bytes > bytesMax) {
        const detail = `${LLM_PROVIDER_NAMES[provider]} answered with more than ${bytesMax} bytes.`
        throw new Problem(llmProblems.llm_provider_failed, detail)
      }
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    throw toProblem(provider, error)
  }
  return Buffer.concat(chunks)
}
