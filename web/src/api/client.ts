import createClient from 'openapi-fetch'
import { problemFrom, unreachable } from './problem.ts'
import type { paths } from './schema.gen.ts'
import { currentWorkspaceId } from './workspace-choice.ts'

/**
 * The HTTP API, typed from the server's OpenAPI document. Requests name the chosen workspace. A response that is not a
 * success, and a missing response, is thrown as an ApiProblem, so callers only ever see successes.
 */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    const workspaceId = currentWorkspaceId()
    if (workspaceId !== null) request.headers.set('talktime-workspace', workspaceId)
    // The browser may repeat a request on its own; the key makes it take effect once. Orders set their own key.
    if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', crypto.randomUUID())
    }
    return request
  },
  async onResponse({ response }) {
    if (response.ok) return
    const body: unknown = await response.json().catch(() => undefined)
    throw problemFrom(response.status, body)
  },
  onError: unreachable,
})

/** Reads the body of a success. */
export async function readBody<Body>(response: Promise<{ data?: Body }>): Promise<Body> {
  const { data } = await response
  if (data === undefined) throw problemFrom(200, undefined)
  return data
}
