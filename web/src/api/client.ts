import createClient from 'openapi-fetch'
import { problemFrom, unreachable } from './problem.ts'
import type { paths } from './schema.gen.ts'
import { currentWorkspaceId } from './workspace-choice.ts'

/**
 * The HTTP API, typed by the server's own description. Requests name the chosen workspace. Every answer that is no
 * success, and no answer at all, is thrown as an ApiProblem: what comes back is always the success.
 */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    const workspaceId = currentWorkspaceId()
    if (workspaceId !== null) request.headers.set('talktime-workspace', workspaceId)
    // A request that the browser repeats by itself is carried out once. Whoever pays brings a key of their own.
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

/** The body of a success. */
export async function readBody<Body>(answer: Promise<{ data?: Body }>): Promise<Body> {
  const { data } = await answer
  if (data === undefined) throw problemFrom(200, undefined)
  return data
}
