import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the provider received it. */
export type SeenRequest = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: Record<string, unknown>
  /** Resolves when the caller closes the connection before the response is complete. */
  readonly left: Promise<void>
}

/** How the provider responds. */
export type Behavior = (request: SeenRequest, answer: ServerResponse) => void | Promise<void>

/** A real HTTP server that stands in for every provider. It implements the part of OpenAI's API that the gateway uses. */
export type FakeProvider = {
  /** Such as http://127.0.0.1:41234. Each provider has its own path below it. */
  readonly address: string
  readonly host: string
  readonly requests: SeenRequest[]
  behave(behavior: Behavior): void
  /** Returns to the default behavior and clears `requests`. */
  reset(): void
  close(): Promise<void>
}

export async function startProvider(): Promise<FakeProvider> {
  const requests: SeenRequest[] = []
  let behavior: Behavior = wellBehaved
  const server = createServer((incoming, answer) => {
    readRequest(incoming, answer)
      .then(async (request) => {
        requests.push(request)
        await behavior(request, answer)
      })
      // The caller may leave before the response is complete.
      .catch(() => answer.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address: `http://${host}`,
    host,
    requests,
    behave(next) {
      behavior = next
    },
    reset() {
      behavior = wellBehaved
      requests.length = 0
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function readRequest(incoming: IncomingMessage, answer: ServerResponse): Promise<SeenRequest> {
  const left = new Promise<void>((resolve) => {
    answer.on('close', () => {
      if (!answer.writableFinished) resolve()
    })
  })
  let text = ''
  incoming.setEncoding('utf8')
  for await (const part of incoming) text += part
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    text,
    body,
    left,
  }
}

export const usage = { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 }

const words = ['Good', ' morning', ', how can I', ' help?']

/** The chunks of a stream, as OpenAI sends them. The last one has the token counts if the request asked for them. */
export function chunksFor({ body }: SeenRequest): string[] {
  const options = body.stream_options as { include_usage?: boolean } | undefined
  const includesUsage = options?.include_usage === true
  const chunk = (choices: unknown[], more: object = {}) =>
    eventOf({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: body.model,
      choices,
      ...more,
    })
  const spoken = words.map((content, index) =>
    chunk(
      [{ index: 0, delta: index === 0 ? { role: 'assistant', content } : { content }, finish_reason: null }],
      {
        ...(includesUsage && { usage: null }),
      },
    ),
  )
  return [
    ...spoken,
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }], includesUsage ? { usage: null } : {}),
    ...(includesUsage ? [chunk([], { usage })] : []),
    'data: [DONE]\n\n',
  ]
}

export const eventOf = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'x-request-id': 'req_provider_1',
  'x-ratelimit-remaining-requests': '59',
  'openai-organization': 'the-platforms-own',
  'set-cookie': '__cf_bm=secret; path=/',
}

export const wellBehaved: Behavior = (request, answer) => {
  if (request.method === 'GET') {
    json(answer, 200, {
      object: 'list',
      data: [{ id: 'gpt-5-mini' }, { id: 'gpt-5' }, { id: 'models/gemini-3-pro' }],
    })
    return
  }
  if (request.body.stream === true) {
    answer.writeHead(200, streamHeaders)
    for (const chunk of chunksFor(request)) answer.write(chunk)
    answer.end()
    return
  }
  json(answer, 200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: request.body.model,
    choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }],
    usage,
  })
}

export function json(
  answer: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  answer.writeHead(status, { ...streamHeaders, 'content-type': 'application/json', ...headers })
  answer.end(JSON.stringify(body))
}

/** Responds with an error in OpenAI's format. The message repeats the key that was sent, as some providers do. */
export function refuseWith(status: number, code: string, headers: Record<string, string> = {}): Behavior {
  return ({ headers: { authorization } }, answer) => {
    const message = `Refused ${authorization}: ${code}`
    json(answer, status, { error: { message, type: 'invalid_request_error', code, param: null } }, headers)
  }
}
