import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { type Dispatcher, request } from 'undici'
import { OutboundRefused } from '../../platform/outbound.ts'
import { Problem } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import { Aborted } from './deadlines.ts'
import type { ProviderAccess, ProviderRequest } from './provider-access.ts'

export type ProviderAnswer = Dispatcher.ResponseData

/** What goes to a provider beside its key. Nothing of what the caller sent in headers does. */
const ownHeaders = {
  accept: 'application/json, text/event-stream',
  // What is passed on has to be read as well.
  'accept-encoding': 'identity',
  'user-agent': 'Talktime',
}

/**
 * Asks a provider; resolves with the head of its answer. Redirects are answers like any other. Time limits are the
 * signal's.
 *
 * @throws Problem llm_address_refused, llm_provider_unreachable; GaveUp as the signal says
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
    throw asProblem(provider, error)
  }
}

/**
 * The body as text.
 *
 * @throws Problem llm_provider_failed where it is longer than `bytesMax`, llm_provider_unreachable where it breaks off
 */
export async function readWhole(
  provider: LlmProvider,
  { body }: ProviderAnswer,
  bytesMax: number,
): Promise<Buffer> {
  const deps: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      bytes += (part as Buffer).length
      if (bytes > bytesMax) {
        const detail = `${LLM_PROVIDER_NAMES[provider]} answered with more than ${bytesMax} bytes.`
        throw new Problem(llmProblems.llm_provider_failed, detail)
      }
      deps.push(part as Buffer)
    }
  } catch (error) {
    throw asProblem(provider, error)
  }
  return Buffer.concat(deps)
}

/** What a failure of the connection is for the caller. What is no such failure stays what it is. */
export function asProblem(provider: LlmProvider, error: unknown): unknown {
  if (error instanceof Problem || error instanceof Aborted) return error
  const name = LLM_PROVIDER_NAMES[provider]
  if (error instanceof OutboundRefused) {
    return new Problem(llmProblems.llm_address_refused, `${name}’s address is refused. ${error.message}`)
  }
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !/^[A-Z0-9_]+$/.test(code) || code.startsWith('ERR_INVALID')) return error
  return new Problem(llmProblems.llm_provider_unreachable, `${name} cannot be reached: ${faultOf(code)}.`)
}

function faultOf(code: string): string {
  return faults[code] ?? (/CERT|TLS|SSL/.test(code) ? 'its certificate is not valid' : 'the connection broke')
}

const faults: Record<string, string | undefined> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host is not known',
  EAI_AGAIN: 'its host’s name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
}
