import type { QueryClient } from '@tanstack/react-query'
import type { Liveness } from '../../api/liveness.ts'
import { makeMessageHandler } from './apply-messages.ts'
import { joinLive } from './join.ts'
import type { LiveMessage } from './message.ts'

const SILENCE_MS_MAX = 30_000
const WATCHDOG_MS = 5_000

/**
 * Applies the workspace's events to what the pages have loaded, and reports whether the stream is alive. Returns the
 * function that stops it.
 */
export function keepCurrent(
  queryClient: QueryClient,
  workspaceId: string,
  onLiveness: (liveness: Liveness) => void,
): () => void {
  let lastMessageMs = Date.now()
  const handler = makeMessageHandler(queryClient)
  const leave = joinLive(workspaceId, (message: LiveMessage) => {
    if (message.kind === 'broken') return
    lastMessageMs = Date.now()
    onLiveness('live')
    handler.apply(message)
  })

  const check = () => {
    if (Date.now() - lastMessageMs > SILENCE_MS_MAX) onLiveness('lost')
  }
  const watchdog = setInterval(check, WATCHDOG_MS)
  // Timers sleep in hidden pages, under a closed laptop lid for one. Check as soon as the page is visible again.
  const onVisible = () => {
    if (document.visibilityState === 'visible') check()
  }
  document.addEventListener('visibilitychange', onVisible)
  const onPageHide = (event: PageTransitionEvent) => {
    if (!event.persisted) leave()
  }
  window.addEventListener('pagehide', onPageHide)

  return () => {
    leave()
    clearInterval(watchdog)
    handler.stop()
    document.removeEventListener('visibilitychange', onVisible)
    window.removeEventListener('pagehide', onPageHide)
  }
}
