import type { QueryClient } from '@tanstack/react-query'
import { serverNow } from '../../api/server-clock.ts'
import type { Call } from '../../api/types.ts'
import {
  applyCallEvents,
  type CallPages,
  callsKey,
  LINGER_MS,
  openCallsQuery,
  receiptKey,
  updateCalls,
} from '../calls/index.ts'

/** Events of calls are applied in batches: a busy workspace sends hundreds a second. */
const BATCH_MS = 100

/**
 * Collects events of calls and applies them in batches: to the live calls, to the rows of the history, and to open
 * receipts. `onBatch` is called after each batch.
 */
export function batchCallEvents(
  queryClient: QueryClient,
  onBatch: (events: readonly Call[]) => void,
): { add(event: Call): void; stop(): void } {
  let events: Call[] = []
  let batchTimer: ReturnType<typeof setTimeout> | undefined
  let lingerTimer: ReturnType<typeof setTimeout> | undefined

  const updateOpenCalls = (batch: Call[]) => {
    queryClient.setQueryData(openCallsQuery.queryKey, (page) => {
      if (!page) return page
      return { ...page, data: applyCallEvents(page.data, batch, serverNow()) }
    })
  }

  const apply = () => {
    batchTimer = undefined
    const batch = events
    events = []
    updateOpenCalls(batch)
    const byId = new Map(batch.map((call) => [call.id, call]))
    queryClient.setQueriesData<CallPages>({ queryKey: callsKey }, (data) => {
      if (!data) return data
      return { ...data, pages: data.pages.map((page) => ({ ...page, data: updateCalls(page.data, byId) })) }
    })
    for (const id of byId.keys()) void queryClient.invalidateQueries({ queryKey: receiptKey(id) })
    onBatch(batch)
    // Ended calls leave the live page when they have lingered.
    clearTimeout(lingerTimer)
    lingerTimer = setTimeout(() => updateOpenCalls([]), LINGER_MS + BATCH_MS)
  }

  return {
    add(event) {
      events.push(event)
      batchTimer ??= setTimeout(apply, BATCH_MS)
    },
    stop() {
      clearTimeout(batchTimer)
      clearTimeout(lingerTimer)
    },
  }
}
