import { joinTabs } from './leader-tab.ts'
import LiveWorker from './live-worker.ts?sharedworker'
import type { LiveMessage } from './message.ts'

/**
 * Listens to the workspace's events through the browser's one stream (a browser opens about six connections to a
 * server over HTTP/1.1, so a stream a tab would soon use them up). Answers with the function that stops it.
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
