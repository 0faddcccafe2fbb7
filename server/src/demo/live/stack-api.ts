/** What the voice stack is told about an agent. */
export type StackAgent = {
  readonly id: string
  readonly name: string
  /** E.164; null: it takes web calls. */
  readonly phoneNumber: string | null
}

export type StartRequest = {
  readonly agentId: string
  readonly direction: 'inbound' | 'outbound' | 'web'
  readonly from?: string
  readonly to?: string
  readonly externalId: string
}

/** What a call answers to its start. */
export type StartedCall = {
  readonly id: string
  readonly status: string
  readonly maxDurationSeconds: number
  readonly refusal: { readonly reason: string } | null
}

/** The part of Talktime's HTTP API that a voice stack needs. */
export type StackApi = {
  /** The agents that take calls. */
  agents(): Promise<readonly StackAgent[]>
  start(call: StartRequest): Promise<StartedCall>
  answer(callId: string, at: string): Promise<void>
  heartbeat(callId: string): Promise<{ readonly continue: boolean }>
  end(callId: string, at: string, reason: string): Promise<void>
}

/** The API answered with a problem, or (status 0) not at all. */
export class ApiFailure extends Error {
  override name = 'ApiFailure'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(status === 0 ? detail : `${status} ${code}: ${detail}`)
    this.status = status
    this.code = code
  }

  /** Whether the same request may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

const answerMsMax = 15_000

/**
 * @param origin where Talktime answers, such as http://127.0.0.1:4400
 * @param key a key of the workspace whose calls these are
 */
export function createStackApi(origin: string, key: string): StackApi {
  async function request<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> {
    const answer = await fetch(new URL(path, origin), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerMsMax),
    }).catch((error: unknown) => {
      throw new ApiFailure(0, 'unreachable', `${origin} does not answer: ${reasonOf(error)}`)
    })
    const json: unknown = await answer.json().catch(() => undefined)
    if (answer.ok) return json as Body
    const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
    throw new ApiFailure(answer.status, String(code ?? 'unknown'), String(detail ?? answer.statusText))
  }

  const toCall = (callId: string, action: string) => `/v1/calls/${encodeURIComponent(callId)}/${action}`
  return {
    agents: async () =>
      (await request<{ data: StackAgent[] }>('GET', '/v1/agents?status=active&limit=200')).data,
    start: (call) => request('POST', '/v1/calls', call),
    async answer(callId, at) {
      await request('POST', toCall(callId, 'answer'), { at })
    },
    heartbeat: (callId) => request('POST', toCall(callId, 'heartbeat'), {}),
    async end(callId, at, reason) {
      await request('POST', toCall(callId, 'end'), { at, reason })
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
