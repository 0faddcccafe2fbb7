import type { Query, QueryClient } from '@tanstack/react-query'
import type { Liveness } from '../../api/liveness.ts'
import { billingKey } from '../../api/query-keys.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { Call } from '../../api/types.ts'
import { alertsKey } from '../alerts/index.ts'
import { balanceQuery } from '../balance/index.ts'
import type { CallPages } from '../calls/index.ts'
import {
  callsKey,
  isOpen,
  lingerMs,
  openCallsKey,
  openCallsQuery,
  receiptKey,
  withCalls,
  withNews,
} from '../calls/index.ts'
import { campaignsKey } from '../campaigns/index.ts'
import { usageKey } from '../usage/index.ts'
import { withLine } from './apply-line.ts'
import { joinLive } from './join.ts'
import type { LiveMessage } from './message.ts'
import { throttle } from './throttle.ts'

const silenceMsMax = 30_000
/** Events of calls are applied together: a busy workspace tells hundreds a second. */
const gatherMs = 100
const calmMs = 4_000
/** A purchase tells of itself, of the balance and of auto-reload at once. */
const billingCalmMs = 500
/** A campaign tells of itself with every call that begins or ends. */
const campaignsCalmMs = 1_500

/** What is read anew where nobody knows what was missed. */
export const currentKeys = [
  balanceQuery.queryKey,
  openCallsKey,
  callsKey,
  ['receipt'],
  billingKey,
  usageKey,
  alertsKey,
  campaignsKey,
] as const

/** Whether a list is shown from its beginning, as is everything that is no list. */
function hasFewPages({ state }: Query): boolean {
  return ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= 1
}

/**
 * Applies the workspace's events to what the pages have loaded, and reports how alive the stream is. Answers
 * with the function that stops it.
 */
export function keepCurrent(
  queryClient: QueryClient,
  workspaceId: string,
  onLiveness: (liveness: Liveness) => void,
): () => void {
  let lastSignMs = Date.now()
  let gathered: Call[] = []
  let flushTimer: ReturnType<typeof setTimeout> | undefined
  let lingerTimer: ReturnType<typeof setTimeout> | undefined

  const refetch = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey })

  const refetchAll = () => {
    for (const key of currentKeys) refetch(key)
  }

  const refetchBalance = throttle(calmMs, () => refetch(balanceQuery.queryKey))
  const refetchBilling = throttle(billingCalmMs, () => refetch(billingKey))
  const refetchUsage = throttle(calmMs, () => refetch(usageKey))
  // Whoever has paged on through the contacts would lose their place.
  const refetchCampaigns = throttle(campaignsCalmMs, () => {
    void queryClient.invalidateQueries({ queryKey: campaignsKey, predicate: hasFewPages })
  })
  // A new call is put at the top of the history while nobody has paged on; later it would move what is being read.
  const refetchHistory = throttle(calmMs, () => {
    void queryClient.invalidateQueries({ queryKey: callsKey, predicate: hasFewPages })
  })

  const showOpenCalls = (told: Call[]) => {
    queryClient.setQueryData(openCallsQuery.queryKey, (page) => {
      if (!page) return page
      return { ...page, data: withCalls(page.data, told, serverNow()) }
    })
  }

  const flush = () => {
    flushTimer = undefined
    const told = gathered
    gathered = []
    showOpenCalls(told)
    const byId = new Map(told.map((call) => [call.id, call]))
    queryClient.setQueriesData<CallPages>({ queryKey: callsKey }, (data) => {
      if (!data) return data
      return { ...data, pages: data.pages.map((page) => ({ ...page, data: withNews(page.data, byId) })) }
    })
    for (const id of byId.keys()) refetch(receiptKey(id))
    if (told.some((call) => call.status === 'authorized' || call.status === 'refused')) refetchHistory.call()
    if (told.some((call) => !isOpen(call))) refetchUsage.call()
    clearTimeout(lingerTimer)
    lingerTimer = setTimeout(() => showOpenCalls([]), lingerMs + gatherMs)
  }

  const onMessage = (message: LiveMessage) => {
    if (message.kind === 'broken') return
    lastSignMs = Date.now()
    onLiveness('live')
    switch (message.kind) {
      case 'open':
      case 'reset':
        refetchAll()
        return
      case 'balance':
        queryClient.setQueryData(
          balanceQuery.queryKey,
          (balance) => balance && withLine(balance, message.line),
        )
        refetchBalance.call()
        return
      case 'call':
        gathered.push(message.call)
        flushTimer ??= setTimeout(flush, gatherMs)
        return
      case 'workspace':
        refetch(['workspace'])
        refetch(['session'])
        refetch(['balance'])
        refetchUsage.call()
        return
      case 'agent':
        refetch(['agents'])
        return
      case 'alert':
        refetch(alertsKey)
        return
      case 'campaign':
        refetchCampaigns.call()
        return
      case 'subscription':
        refetch(['workspace'])
        refetchBilling.call()
        return
      case 'purchase':
      case 'payment_method':
      case 'auto_reload':
        refetchBilling.call()
        refetchUsage.call()
        return
      case 'ping':
    }
  }

  const leave = joinLive(workspaceId, onMessage)
  const watchdog = setInterval(() => {
    if (Date.now() - lastSignMs > silenceMsMax) onLiveness('lost')
  }, 5_000)
  // A page that was put away and comes back (a laptop's lid) asks at once.
  const onVisible = () => {
    if (document.visibilityState === 'visible' && Date.now() - lastSignMs > silenceMsMax) onLiveness('lost')
  }
  document.addEventListener('visibilitychange', onVisible)
  const onPageHide = (event: PageTransitionEvent) => {
    if (!event.persisted) leave()
  }
  window.addEventListener('pagehide', onPageHide)

  return () => {
    leave()
    clearInterval(watchdog)
    for (const pending of [flushTimer, lingerTimer]) clearTimeout(pending)
    refetchBalance.stop()
    refetchHistory.stop()
    refetchBilling.stop()
    refetchUsage.stop()
    refetchCampaigns.stop()
    document.removeEventListener('visibilitychange', onVisible)
    window.removeEventListener('pagehide', onPageHide)
  }
}
