import type { ServerResponse } from 'node:http'
import type { Message } from './messages.ts'

/** A client that is this far behind is disconnected. It reconnects and resumes. */
const BUFFERED_BYTES_MAX = 1024 * 1024

/** How long a browser waits before it reconnects. */
const RETRY_MS = 2_000

export type EventStream = {
  send(messages: readonly Message[]): void
  end(): void
}

export type EventStreamOptions = {
  readonly pingMs: number
  /** Asked before each ping. The stream ends when it resolves to false, or rejects. */
  readonly mayStillRead: () => Promise<boolean>
}

/** Starts a response of server-sent events, with pings until the connection closes. */
export function openEventStream(
  raw: ServerResponse,
  requestId: string,
  { pingMs, mayStillRead }: EventStreamOptions,
): EventStream {
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Otherwise nginx would hold events back.
    'x-accel-buffering': 'no',
    'request-id': requestId,
  })
  const write = (text: string) => {
    if (raw.writableEnded || raw.destroyed) return
    raw.write(text)
    if (raw.writableLength > BUFFERED_BYTES_MAX) raw.destroy()
  }
  const end = () => {
    raw.end()
  }
  const pings = setInterval(() => {
    mayStillRead().then((may) => (may ? write('event: ping\ndata: {}\n\n') : end()), end)
  }, pingMs)
  raw.on('close', () => clearInterval(pings))
  write(`retry: ${RETRY_MS}\n\n`)
  return { send: (messages) => write(messages.map(formatMessage).join('')), end }
}

function formatMessage({ event, data, id }: Message): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
