import type { LiveMessage } from './message.ts'
import { openStream } from './stream.ts'

/**
 * Shares one stream between tabs in browsers without SharedWorker. The tab that holds the lock keeps the stream and
 * passes its messages on. When that tab closes, the browser gives the lock to the next one. Without locks (on an
 * insecure origin) every tab opens its own stream. Returns the function that leaves.
 */
export function joinTabs(url: string, onMessage: (message: LiveMessage) => void): () => void {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') return openStream(url, onMessage)

  const channel = new BroadcastChannel(`talktime ${url}`)
  channel.addEventListener('message', (event: MessageEvent<LiveMessage>) => onMessage(event.data))
  const leaving = new AbortController()
  let leads = false
  // Where another tab has the stream already, this one has missed its earlier messages.
  void navigator.locks.query().then(({ held = [] }) => {
    if (!leads && held.some(({ name }) => name === `talktime ${url}`)) onMessage({ kind: 'open' })
  })

  navigator.locks
    .request(`talktime ${url}`, { signal: leaving.signal }, () => {
      leads = true
      const close = openStream(url, (message) => {
        onMessage(message)
        channel.postMessage(message)
      })
      return new Promise<void>((resolve) => {
        leaving.signal.addEventListener('abort', () => {
          close()
          resolve()
        })
      })
    })
    .catch(() => {
      // The tab left before it got the lock: there is no stream to close.
    })

  return () => {
    leaving.abort()
    channel.close()
  }
}
