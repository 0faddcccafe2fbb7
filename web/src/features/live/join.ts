import { joinTabs } from './leader-tab.ts'
import LiveWorker from './live-worker.ts?sharedworker'
import type { LiveMessage } from './message.ts'

/**
 * Subscribes to the workspace's events through one stream shared by all tabs: over HTTP/1.1 a browser opens about six
 * connections to a server, and a stream per tab would soon use them up. Returns the function that unsubscribes.
 */
export function joinLive(workspaceId: string, onMessage: (message: LiveMessage) => void): () => void {
  const url = `/v1/events?workspace=${encodeURIComponent(workspaceId)}`
  if (typeof SharedWorker === 'undefined') return joinTabs(url, onMessage)

  const worker = new LiveWorker({ name: url })
  worker.port.addEventListener('message', (event: MessageEvent<LiveMessage>) => onMessage(event.data))
  worker.port.start()
  return () => {
    worker.port.postMessage('leave')
    worker.port.close()
  }
}
