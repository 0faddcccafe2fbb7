import { setTimeout as pause } from 'node:timers/promises'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import { OutboundRefused } from '../../platform/outbound.ts'
import { invalid } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'

/** How long a name is looked up before the address is taken as it is. It is looked at again whenever it is asked. */
const resolveMsMax = 3_000

/**
 * What was sent, with its address in the form in which it is kept. An address that may not be asked is refused here
 * already, so that whoever types it in hears of it.
 *
 * @throws Problem invalid_request
 */
export async function requireAddress<Sent extends object>(
  { outbounds }: LlmDeps,
  provider: LlmProvider,
  sent: Sent,
): Promise<Sent> {
  const baseUrl = 'baseUrl' in sent && typeof sent.baseUrl === 'string' ? sent.baseUrl : undefined
  if (baseUrl === undefined) return sent
  const outbound = outbounds.workspace
  try {
    const url = outbound.check(baseUrl)
    if (url.search !== '' || url.hash !== '') {
      throw invalid('/baseUrl', '"baseUrl" must be an address without "?" and "#".')
    }
    await Promise.race([outbound.resolve(baseUrl), pause(resolveMsMax, undefined, { ref: false })])
    return { ...sent, baseUrl: keptForm(provider, url) }
  } catch (error) {
    if (error instanceof OutboundRefused) throw invalid('/baseUrl', `"baseUrl" is refused. ${error.message}`)
    // A name that cannot be looked up just now may well be there later.
    if (isLookUpFault(error)) return { ...sent, baseUrl: keptForm(provider, new URL(baseUrl)) }
    throw error
  }
}

/** Without a slash at the end; of Azure's, the resource's endpoint alone, as its portal shows it in several forms. */
function keptForm(provider: LlmProvider, { origin, pathname }: URL): string {
  const path = pathname.replace(/\/+$/, '')
  return origin + (provider === 'azure_openai' ? path.replace(/\/openai(\/v1)?$/, '') : path)
}

function isLookUpFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo'
}
