import { ApiProblem, problemFrom, unreachable } from './problem.ts'
import { currentWorkspaceId } from './workspace-choice.ts'

type Query = Record<string, string | number | undefined>

/**
 * Sends a request of the HTTP API for the chosen workspace and answers with its JSON body (undefined for 204).
 * Throws {@link ApiProblem} for every answer that is no success, and when no answer comes.
 */
async function request<Answer>(method: string, path: string, query: Query, body?: unknown): Promise<Answer> {
  const headers = new Headers({ accept: 'application/json' })
  const workspaceId = currentWorkspaceId()
  if (workspaceId !== null) headers.set('talktime-workspace', workspaceId)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (method === 'POST') headers.set('idempotency-key', crypto.randomUUID())
  let response: Response
  try {
    response = await fetch(withQuery(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw unreachable()
  }
  if (response.status === 204) return undefined as Answer
  const parsed: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw problemFrom(response.status, parsed)
  if (parsed === undefined) {
    throw new ApiProblem({
      status: response.status,
      code: 'not_json',
      message: 'The answer is not what Talktime’s server sends. Is something between it and this page?',
    })
  }
  return parsed as Answer
}

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

export const api = {
  get: <Answer>(path: string, query: Query = {}) => request<Answer>('GET', path, query),
  post: <Answer>(path: string, body: unknown = {}) => request<Answer>('POST', path, {}, body),
  patch: <Answer>(path: string, body: unknown) => request<Answer>('PATCH', path, {}, body),
  remove: (path: string) => request<void>('DELETE', path, {}),
}
