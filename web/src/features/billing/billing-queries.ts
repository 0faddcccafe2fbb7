import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { billingKey } from '../../api/query-keys.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { Page, Transaction } from '../../api/types.ts'
import { PACE_DAYS_MAX } from './recent-pace.ts'

export const subscriptionQuery = queryOptions({
  queryKey: [...billingKey, 'subscription'],
  queryFn: () => readBody(api.GET('/v1/subscription')),
})

/** What changing to this plan would charge and grant now. Read every 30 seconds: the rest of the cycle shrinks. */
export const planPreviewQuery = (planId: string) =>
  queryOptions({
    queryKey: [...billingKey, 'plan-preview', planId],
    queryFn: () => readBody(api.POST('/v1/subscription/preview', { body: { planId } })),
    staleTime: 0,
    refetchInterval: 30_000,
  })

const pageQuery = (cursor: string | null) => ({ limit: '20', ...(cursor === null ? {} : { cursor }) })

export const purchasesQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'purchases'],
  queryFn: ({ pageParam }) => readBody(api.GET('/v1/purchases', { params: { query: pageQuery(pageParam) } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})

export const purchaseQuery = (purchaseId: string) =>
  queryOptions({
    queryKey: [...billingKey, 'purchase', purchaseId],
    queryFn: () => readBody(api.GET('/v1/purchases/{id}', { params: { path: { id: purchaseId } } })),
  })

/** Ledger entries that are not calls: credits that were granted, adjusted, refunded or have expired. */
export const creditEntriesQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'credit-entries'],
  queryFn: ({ pageParam }) => {
    const kind = 'monthly_grant,top_up,promotional,adjustment,expiry,refund'
    return readBody(api.GET('/v1/transactions', { params: { query: { kind, ...pageQuery(pageParam) } } }))
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})

const CHARGE_PAGES_MAX = 5

/**
 * Charges of calls in the last seven days, newest first, at most a thousand. `complete` says whether they reach back
 * all seven days.
 */
export const recentChargesQuery = queryOptions({
  queryKey: ['recent-charges'],
  queryFn: async () => {
    const sinceMs = serverNow() - PACE_DAYS_MAX * DAY_MS
    const charges: Transaction[] = []
    let cursor: string | null = null
    for (let pages = 0; pages < CHARGE_PAGES_MAX; pages += 1) {
      const query = { kind: 'call', limit: '200', ...(cursor === null ? {} : { cursor }) }
      const page: Page<Transaction> = await readBody(api.GET('/v1/transactions', { params: { query } }))
      charges.push(...page.data)
      cursor = page.nextCursor
      const oldest = page.data.at(-1)
      if (cursor === null || (oldest !== undefined && Date.parse(oldest.at) < sinceMs)) {
        return { charges, complete: true }
      }
    }
    return { charges, complete: false }
  },
  staleTime: 5 * MINUTE_MS,
})
