import { assertNever } from '@talktime/core/exhaustive'
import type { Query, QueryClient } from '@tanstack/react-query'
import { billingKey } from '../../api/query-keys.ts'
import { agentsQuery } from '../agents/index.ts'
import { alertsKey } from '../alerts/index.ts'
import { balanceQuery } from '../balance/index.ts'
import { callsKey, isOpen } from '../calls/index.ts'
import { campaignsKey } from '../campaigns/index.ts'
import { usageKey } from '../usage/index.ts'
import { sessionQuery, workspaceQuery } from '../workspace/index.ts'
import { applyLine } from './apply-line.ts'
import { batchCallEvents } from './call-events.ts'
import { currentKeys } from './current-keys.ts'
import type { LiveMessage } from './message.ts'
import { throttle } from './throttle.ts'

const REFETCH_MS = 4_000
/** One purchase sends several events: its own, the balance's and auto-reload's. */
const BILLING_REFETCH_MS = 500
/** A campaign sends an event with every call that starts or ends. */
const CAMPAIGNS_REFETCH_MS = 1_500

/** Whether a query holds no list, or only the first page of one. */
function isOnFirstPage({ state }: Query): boolean {
  return ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= 1
}

/** Refetches for events, throttled where events come in bursts. */
function makeRefetchers(queryClient: QueryClient) {
  const refetch = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey })
  // Refetching a list whose later pages are open would move what is being read.
  const refetchFirstPages = (queryKey: readonly unknown[]) =>
    void queryClient.invalidateQueries({ queryKey, predicate: isOnFirstPage })
  const throttled = {
    balance: throttle(REFETCH_MS, () => refetch(balanceQuery.queryKey)),
    billing: throttle(BILLING_REFETCH_MS, () => refetch(billingKey)),
    usage: throttle(REFETCH_MS, () => refetch(usageKey)),
    campaigns: throttle(CAMPAIGNS_REFETCH_MS, () => refetchFirstPages(campaignsKey)),
    history: throttle(REFETCH_MS, () => refetchFirstPages(callsKey)),
  }
  return { refetch, throttled }
}

/** Makes the function that applies the stream's messages to what the pages have loaded. `stop` cancels its timers. */
export function makeMessageHandler(queryClient: QueryClient): {
  apply(message: LiveMessage): void
  stop(): void
} {
  const { refetch, throttled } = makeRefetchers(queryClient)
  const { balance, billing, usage, campaigns, history } = throttled
  const calls = batchCallEvents(queryClient, (events) => {
    if (events.some((call) => call.status === 'authorized' || call.status === 'refused')) history.call()
    if (events.some((call) => !isOpen(call))) usage.call()
  })

  const apply = (message: LiveMessage): void => {
    switch (message.kind) {
      case 'open':
      case 'reset':
        for (const key of currentKeys) refetch(key)
        return
      case 'balance':
        queryClient.setQueryData(balanceQuery.queryKey, (data) => data && applyLine(data, message.line))
        balance.call()
        return
      case 'call':
        calls.add(message.call)
        return
      case 'workspace':
        refetch(workspaceQuery.queryKey)
        refetch(sessionQuery.queryKey)
        refetch(balanceQuery.queryKey)
        usage.call()
        return
      case 'agent':
        refetch(agentsQuery.queryKey)
        return
      case 'alert':
        refetch(alertsKey)
        return
      case 'campaign':
        campaigns.call()
        return
      case 'subscription':
        refetch(workspaceQuery.queryKey)
        billing.call()
        return
      case 'purchase':
      case 'payment_method':
      case 'auto_reload':
        billing.call()
        usage.call()
        return
      case 'ping':
      case 'broken':
        return
      default:
        assertNever(message)
    }
  }

  return {
    apply,
    stop: () => {
      for (const pending of [...Object.values(throttled), calls]) pending.stop()
    },
  }
}
