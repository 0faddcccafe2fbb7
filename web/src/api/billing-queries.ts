import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { paceDaysMax } from '../billing/recent-pace.ts'
import { serverNow } from '../live/server-clock.ts'
import { api, bodyOf } from './client.ts'
import { whole } from './queries.ts'
import type { Page, Transaction } from './types.ts'

/** Everything about money that changes: one event of the stream makes all of it that is on screen be read anew. */
export const billingKey = ['billing'] as const

const catalogueStaleMs = 10 * 60_000

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: async () => (await bodyOf(api.GET('/v1/plans'))).data,
  staleTime: catalogueStaleMs,
})

export const packagesQuery = queryOptions({
  queryKey: ['packages'],
  queryFn: async () => (await bodyOf(api.GET('/v1/packages'))).data,
  staleTime: catalogueStaleMs,
})

export const subscriptionQuery = queryOptions({
  queryKey: [...billingKey, 'subscription'],
  queryFn: () => bodyOf(api.GET('/v1/subscription')),
})

/** What a change to the plan would mean now. The share of the cycle that is left shrinks, so it is asked again. */
export const planPreviewQuery = (planId: string) =>
  queryOptions({
    queryKey: [...billingKey, 'plan-preview', planId],
    queryFn: () => bodyOf(api.POST('/v1/subscription/preview', { body: { planId } })),
    staleTime: 0,
    refetchInterval: 30_000,
  })

/** The saved cards; for owners and admins only. */
export const paymentMethodsQuery = queryOptions({
  queryKey: [...billingKey, 'payment-methods'],
  queryFn: () => whole((query) => api.GET('/v1/payment-methods', { params: { query } })),
})

const pageOf = (cursor: string | null) => ({ limit: '20', ...(cursor === null ? {} : { cursor }) })

export const purchasesQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'purchases'],
  queryFn: ({ pageParam }) => bodyOf(api.GET('/v1/purchases', { params: { query: pageOf(pageParam) } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})

export const purchaseQuery = (purchaseId: string) =>
  queryOptions({
    queryKey: [...billingKey, 'purchase', purchaseId],
    queryFn: () => bodyOf(api.GET('/v1/purchases/{id}', { params: { path: { id: purchaseId } } })),
  })

/** Credits that were given; the newest are the ones that are not used up. */
export const grantsQuery = queryOptions({
  queryKey: [...billingKey, 'grants'],
  queryFn: async () => (await bodyOf(api.GET('/v1/grants', { params: { query: { limit: '200' } } }))).data,
})

/** What changed the credits besides calls. */
export const creditEntriesQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'credit-entries'],
  queryFn: ({ pageParam }) => {
    const kind = 'monthly_grant,top_up,promotional,adjustment,expiry,refund'
    return bodyOf(api.GET('/v1/transactions', { params: { query: { kind, ...pageOf(pageParam) } } }))
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})

export const autoReloadQuery = queryOptions({
  queryKey: [...billingKey, 'auto-reload'],
  queryFn: () => bodyOf(api.GET('/v1/auto-reload')),
})

export const reloadAttemptsQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'reload-attempts'],
  queryFn: ({ pageParam }) =>
    bodyOf(api.GET('/v1/auto-reload/attempts', { params: { query: pageOf(pageParam) } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})

const chargesPagesMax = 5

/** What calls were charged in the last seven days, as far as a thousand of them reach; `whole` says whether they do. */
export const recentChargesQuery = queryOptions({
  queryKey: ['recent-charges'],
  queryFn: async () => {
    const sinceMs = serverNow() - paceDaysMax * 24 * 60 * 60_000
    const charges: Transaction[] = []
    let cursor: string | null = null
    for (let pages = 0; pages < chargesPagesMax; pages += 1) {
      const query = { kind: 'call', limit: '200', ...(cursor === null ? {} : { cursor }) }
      const page: Page<Transaction> = await bodyOf(api.GET('/v1/transactions', { params: { query } }))
      charges.push(...page.data)
      cursor = page.nextCursor
      const oldest = page.data.at(-1)
      if (cursor === null || (oldest !== undefined && Date.parse(oldest.at) < sinceMs)) {
        return { charges, whole: true }
      }
    }
    return { charges, whole: false }
  },
  staleTime: 5 * 60_000,
})
