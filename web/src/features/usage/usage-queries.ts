import { MINUTE_MS } from '@talktime/core/time/durations'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { UsageQuery } from './usage-search.ts'

/** The first part of every query key about usage and the ledger, which change when calls end. */
export const usageKey = ['usage'] as const

/** After midnight, "today" is another day. */
const refetchInterval = MINUTE_MS

export const usageSummaryQuery = queryOptions({
  queryKey: [...usageKey, 'summary'],
  queryFn: () => readBody(api.GET('/v1/usage/summary')),
  refetchInterval,
})

/** Total, days and agents of a window in one response. The old window stays on screen while the next one loads. */
export const usageRangeQuery = (query: UsageQuery) =>
  queryOptions({
    queryKey: [...usageKey, 'range', query],
    queryFn: () => readBody(api.GET('/v1/usage/range', { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval,
  })

export const recentTransactionsQuery = queryOptions({
  queryKey: [...usageKey, 'recent-transactions'],
  queryFn: async () =>
    (await readBody(api.GET('/v1/transactions', { params: { query: { limit: '5' } } }))).data,
})

/** All ledger entries, newest first. */
export const transactionsQuery = infiniteQueryOptions({
  queryKey: [...usageKey, 'transactions'],
  queryFn: ({ pageParam }) => {
    const cursor = pageParam === null ? {} : { cursor: pageParam }
    return readBody(api.GET('/v1/transactions', { params: { query: { ...cursor, limit: '50' } } }))
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})
