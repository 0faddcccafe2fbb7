import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A webhook message as received. */
export type ReceivedMessage = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a receiver responds: with a status, or by a function. A function that does nothing leaves the sender waiting. */
export type ReceiverAnswer = number | ((response: ServerResponse) => void)

/** A real HTTP server on a free port that keeps every message it receives. */
export type Receiver = {
  readonly url: string
  /** The value for TALKTIME_OUTBOUND_ALLOW. */
  readonly host: string
  readonly messages: ReceivedMessage[]
  answer: ReceiverAnswer
  /** Resolves once `count` messages have arrived. */
  got(count: number): Promise<void>
  close(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  const messages: ReceivedMessage[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    messages.push({ path: request.url ?? '', headers: request.headers, body: await text(request) })
    for (const look of waiting) look()
    if (typeof receiver.answer === 'function') receiver.answer(response)
    else response.writeHead(receiver.answer).end('{"kept":"no"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    host: `127.0.0.1:${port}`,
    messages,
    answer: 204,
    got: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (messages.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
