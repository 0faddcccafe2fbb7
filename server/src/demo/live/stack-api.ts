import { SECOND_MS } from '@talktime/core/time/durations'

/** What a voice stack reads about an agent. */
export type StackAgent = {
  readonly id: string
  readonly name: string
  /** E.164, or null if the agent takes web calls. */
  readonly phoneNumber: string | null
}

export type StartRequest = {
  readonly agentId: string
  readonly direction: 'inbound' | 'outbound' | 'web'
  readonly from?: string
  readonly to?: string
  readonly externalId: string
}

/** The response to the start of a call. */
export type StartedCall = {
  readonly id: string
  readonly status: string
  readonly maxDurationSeconds: number
  readonly refusal: { readonly reason: string } | null
}

/** The part of Talktime's HTTP API that a voice stack needs. Its functions throw {@link ApiFailure}. Times are ISO 8601. */
export type StackApi = {
  /** The agents that take calls, 200 at most. */
  listAgents(): Promise<readonly StackAgent[]>
  start(call: StartRequest): Promise<StartedCall>
  answer(callId: string, at: string): Promise<void>
  heartbeat(callId: string): Promise<{ readonly continue: boolean }>
  end(callId: string, at: string, reason: string): Promise<void>
}

/** The API responded with a problem, or not at all (status 0). */
export class ApiFailure extends Error {
  override name = 'ApiFailure'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(status === 0 ? detail : `${status} ${code}: ${detail}`)
    this.status = status
    this.code = code
  }

  /** Whether the request may succeed if it is sent again later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

const RESPONSE_MS_MAX = 15 * SECOND_MS

/**
 * Creates a client of Talktime's HTTP API.
 *
 * @param origin the origin of the server, such as http://127.0.0.1:4400
 * @param key an API key of the workspace whose calls the stack makes
 */
export function createStackApi(origin: string, key: string): StackApi {
  async function request<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(RESPONSE_MS_MAX),
    }).catch((error: unknown) => {
      throw new ApiFailure(0, 'unreachable', `${origin} does not respond: ${describeError(error)}`)
    })
    const json: unknown = await response.json().catch(() => undefined)
    if (response.ok) return json as Body
    const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
    throw new ApiFailure(response.status, String(code ?? 'unknown'), String(detail ?? response.statusText))
  }

  const formatPath = (callId: string, action: string) => `/v1/calls/${encodeURIComponent(callId)}/${action}`
  return {
    listAgents: async () =>
      (await request<{ data: StackAgent[] }>('GET', '/v1/agents?status=active&limit=200')).data,
    start: (call) => request('POST', '/v1/calls', call),
    async answer(callId, at) {
      await request('POST', formatPath(callId, 'answer'), { at })
    },
    heartbeat: (callId) => request('POST', formatPath(callId, 'heartbeat'), {}),
    async end(callId, at, reason) {
      await request('POST', formatPath(callId, 'end'), { at, reason })
    },
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
