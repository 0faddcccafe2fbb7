import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A message as a receiver got it. */
export type ReceivedMessage = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a receiver answers: with a status, or in a way of its own; one that does nothing hangs. */
export type ReceiverAnswer = number | ((response: ServerResponse) => void)

/** A real HTTP server on a free port that keeps what is posted to it. */
export type Receiver = {
  readonly url: string
  /** For TALKTIME_OUTBOUND_ALLOW. */
  readonly host: string
  readonly messages: ReceivedMessage[]
  answer: ReceiverAnswer
  /** Resolves when there are so many messages. */
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
