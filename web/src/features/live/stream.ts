import { eventNames, type LiveMessage, readMessage } from './message.ts'

const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 30_000

/**
 * Keeps one EventSource open and passes its messages to `onMessage`. The browser reconnects on its own and resumes with
 * Last-Event-ID. Where it gives up (on a response that is no stream, such as 503), this retries with increasing delay.
 * Returns the function that closes the stream.
 */
export function openStream(url: string, onMessage: (message: LiveMessage) => void): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let retryMs = RETRY_MS_MIN
  let closed = false

  const connect = () => {
    const current = new EventSource(url)
    source = current
    current.addEventListener('open', () => {
      retryMs = RETRY_MS_MIN
      onMessage({ kind: 'open' })
    })
    current.addEventListener('error', () => {
      if (closed) return
      onMessage({ kind: 'broken' })
      if (current.readyState !== EventSource.CLOSED) return
      current.close()
      retry = setTimeout(connect, retryMs)
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
    })
    for (const name of eventNames) {
      current.addEventListener(name, (event: MessageEvent<string>) => {
        const message = readMessage(name, event.data)
        if (message !== null) onMessage(message)
      })
    }
  }

  connect()
  return () => {
    closed = true
    clearTimeout(retry)
    source?.close()
  }
}
