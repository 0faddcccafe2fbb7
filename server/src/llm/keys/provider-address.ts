import { setTimeout as pause } from 'node:timers/promises'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import { OutboundRefused } from '../../platform/outbound.ts'
import { invalid } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'

/** After this long without an answer from DNS, the address is accepted. It is checked again with every request. */
const RESOLVE_MS_MAX = 3_000

/**
 * Checks the `baseUrl` of a request body and returns the body with its normalized form. Addresses that the gateway may
 * not ask are refused here, so that the person who types one sees it at once.
 *
 * @throws Problem invalid_request
 */
export async function requireProviderAddress<Body extends object>(
  { outbounds }: LlmDeps,
  provider: LlmProvider,
  body: Body,
): Promise<Body> {
  const baseUrl = 'baseUrl' in body && typeof body.baseUrl === 'string' ? body.baseUrl : undefined
  if (baseUrl === undefined) return body
  const outbound = outbounds.workspace
  try {
    const url = outbound.check(baseUrl)
    if (url.search !== '' || url.hash !== '') {
      throw invalid('/baseUrl', '"baseUrl" must be an address without "?" and "#".')
    }
    await Promise.race([outbound.resolve(baseUrl), pause(RESOLVE_MS_MAX, undefined, { ref: false })])
    return { ...body, baseUrl: normalizeBaseUrl(provider, url) }
  } catch (error) {
    if (error instanceof OutboundRefused) throw invalid('/baseUrl', `"baseUrl" is refused. ${error.message}`)
    // A host name that cannot be looked up now may exist later.
    if (isLookupError(error)) return { ...body, baseUrl: normalizeBaseUrl(provider, new URL(baseUrl)) }
    throw error
  }
}

/** Removes slashes at the end. Azure's portal shows an endpoint in several forms; they become the resource's endpoint. */
function normalizeBaseUrl(provider: LlmProvider, { origin, pathname }: URL): string {
  const path = pathname.replace(/\/+$/, '')
  return origin + (provider === 'azure_openai' ? path.replace(/\/openai(\/v1)?$/, '') : path)
}

function isLookupError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo'
}
