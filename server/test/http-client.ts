import { Agent, request } from 'node:http'

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** A client that keeps its connections open. A request rejects unless its response arrives complete. */
export type HttpClient = {
  send(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Readonly<Record<string, string>> },
  ): Promise<HttpAnswer>
  close(): void
}

/** @param options `headers` go with every request, such as the API key */
export function connectHttp(
  address: string,
  options: { connectionsMax: number; headers: Readonly<Record<string, string>> },
): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connectionsMax })
  return {
    send: (method, path, { body, headers } = {}) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined ? undefined : textOf(body)
        const outgoing = request(new URL(path, address), {
          agent,
          method,
          headers: {
            ...options.headers,
            ...(payload !== undefined && { 'content-type': 'application/json' }),
            ...headers,
            ...(payload !== undefined && { 'content-length': Buffer.byteLength(payload) }),
          },
        })
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          let text = ''
          incoming.setEncoding('utf8')
          incoming.on('data', (chunk: string) => {
            text += chunk
          })
          incoming.on('error', reject)
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
          )
        })
        outgoing.end(payload)
      }),
    close: () => agent.destroy(),
  }
}

const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))
