import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { Call, Direction, Page } from '../../api/types.ts'
import type { LiveCall } from './live-calls.ts'

/** The most calls that the Live calls page lists. */
export const LIVE_CALLS_SHOWN_MAX = 200

export const openCallsKey = ['open-calls'] as const

export const openCallsQuery = queryOptions({
  queryKey: openCallsKey,
  queryFn: (): Promise<Page<LiveCall>> => {
    const query = { status: 'authorized,in_conversation', limit: String(LIVE_CALLS_SHOWN_MAX) }
    return readBody(api.GET('/v1/calls', { params: { query } }))
  },
  select: (page) => page.data,
})

/** Filters of the call history. Dates are local dates of the workspace, both included. */
export type CallFilter = {
  status?: string
  agentId?: string
  direction?: Direction
  from?: string
  to?: string
}

export const callsKey = ['calls'] as const

/** The cached call history: pages by cursor. */
export type CallPages = InfiniteData<Page<Call>, string | null>

export const callsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: [...callsKey, filter],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam }
      return readBody(api.GET('/v1/calls', { params: { query: { ...filter, ...cursor, limit: '50' } } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** The first part of every key of a call's receipt. */
export const receiptsKey = ['receipt'] as const

export const receiptKey = (callId: string) => [...receiptsKey, callId] as const

export const receiptQuery = (callId: string) =>
  queryOptions({
    queryKey: receiptKey(callId),
    queryFn: () => readBody(api.GET('/v1/calls/{id}', { params: { path: { id: callId } } })),
  })
