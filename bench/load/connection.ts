import { connect } from 'node:net'

export type LoadResponse = { readonly status: number; readonly body: string }

/** A keep-alive connection that carries one request at a time. */
export type Connection = {
  post(path: string, key: string, body: string): Promise<LoadResponse>
  close(): void
}

/**
 * Opens an HTTP connection directly on a socket. The client does only what the load generator needs, because it shares
 * the machine with the server it measures, and a request through node:http costs as much as the server's own work.
 */
export function openConnection(port: number): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let waiting: { resolve: (response: LoadResponse) => void; reject: (error: Error) => void } | undefined
  let received = ''
  const fail = (error: Error) => waiting?.reject(error)
  socket.setEncoding('utf8')
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('The server closed the connection')))
  socket.on('data', (chunk: string) => {
    received += chunk
    const response = parseResponse(received)
    if (response === undefined) return
    received = ''
    const { resolve } = waiting ?? {}
    waiting = undefined
    resolve?.(response)
  })
  const connection: Connection = {
    post: (path, key, body) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(
          `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
            `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        )
      }),
    close: () => socket.destroy(),
  }
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => resolve(connection))
  })
}

/** Parses the response, or returns undefined while it is incomplete. Responses are ASCII, so characters are bytes. */
function parseResponse(received: string): LoadResponse | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.slice(0, headEnd)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`A response without a length:\n${head}`)
  const body = received.slice(headEnd + 4)
  return body.length < Number(length) ? undefined : { status: Number(head.slice(9, 12)), body }
}
