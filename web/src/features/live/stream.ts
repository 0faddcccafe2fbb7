import { eventNames, type LiveMessage, messageFrom } from './message.ts'

const retryMsMin = 1_000
const retryMsMax = 30_000

/**
 * Keeps one EventSource open and tells `onMessage` what it says. The browser reconnects by itself and resumes by
 * Last-Event-ID; where it gives up (an answer that is no stream, such as 503) this tries again, ever more rarely.
 * Answers with the function that closes it.
 */
export function openStream(url: string, onMessage: (message: LiveMessage) => void): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let retryMs = retryMsMin
  let closed = false

  const connect = () => {
    const current = new EventSource(url)
    source = current
    current.addEventListener('open', () => {
      retryMs = retryMsMin
      onMessage({ kind: 'open' })
    })
    current.addEventListener('error', () => {
      if (closed) return
      onMessage({ kind: 'broken' })
      if (current.readyState !== EventSource.CLOSED) return
      current.close()
      retry = setTimeout(connect, retryMs)
      retryMs = Math.min(retryMs * 2, retryMsMax)
    })
    for (const name of eventNames) {
      current.addEventListener(name, (event: MessageEvent<string>) => {
        const message = messageFrom(name, event.data)
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
