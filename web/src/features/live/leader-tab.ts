import type { LiveMessage } from './message.ts'
import { openStream } from './stream.ts'

/**
 * One stream a browser where there is no SharedWorker: the tab that holds the lock keeps the stream and passes
 * its messages on. When it closes, the browser hands the lock to the next tab. Without locks (an insecure
 * address) every tab keeps its own.
 */
export function joinTabs(url: string, onMessage: (message: LiveMessage) => void): () => void {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') return openStream(url, onMessage)

  const channel = new BroadcastChannel(`talktime ${url}`)
  channel.addEventListener('message', (event: MessageEvent<LiveMessage>) => onMessage(event.data))
  const leaving = new AbortController()
  let leads = false
  // Another tab keeps the stream already: what it told before this one listened was missed here.
  navigator.locks.query().then(({ held = [] }) => {
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
      // The tab left before its turn came: nothing was opened.
    })

  return () => {
    leaving.abort()
    channel.close()
  }
}
