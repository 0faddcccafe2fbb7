import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { LiveCall } from '../live/apply.ts'
import { learnServerClock } from '../live/server-clock.ts'
import { api, bodyOf } from './client.ts'
import { ApiProblem } from './problem.ts'
import type { Direction, Page, Session } from './types.ts'

const pageSize = '50'

/** Every item of a list that stays small: agents, members, keys. */
export async function whole<Item>(
  page: (query: { limit: string; cursor?: string }) => Promise<{ data?: Page<Item> }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const { data, nextCursor }: Page<Item> = await bodyOf(
      page({ limit: '200', ...(cursor === null ? {} : { cursor }) }),
    )
    items.push(...data)
    cursor = nextCursor
  } while (cursor !== null)
  return items
}

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await bodyOf(api.GET('/v1/session'))
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => bodyOf(api.GET('/v1/workspace')),
})

export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: async () => {
    const sentMs = Date.now()
    const balance = await bodyOf(api.GET('/v1/balance'))
    learnServerClock(Date.parse(balance.asOf), sentMs, Date.now())
    return balance
  },
  // The line ticks without asking; its parts and its state are looked at again once a minute while it falls.
  refetchInterval: ({ state }) => ((state.data?.liveCalls ?? 0) > 0 ? 60_000 : false),
})

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => whole((query) => api.GET('/v1/agents', { params: { query } })),
})

/** How many calls the live page shows at most. */
export const liveCallsShown = 200

export const openCallsKey = ['open-calls'] as const

export const openCallsQuery = queryOptions({
  queryKey: openCallsKey,
  queryFn: (): Promise<Page<LiveCall>> =>
    bodyOf(
      api.GET('/v1/calls', { params: { query: { status: 'authorized,in_conversation', limit: '200' } } }),
    ),
  select: (page) => page.data,
})

/** What narrows the history; local dates of the workspace, both included. */
export type CallFilter = {
  status?: string
  agentId?: string
  direction?: Direction
  from?: string
  to?: string
}

export const callsKey = ['calls'] as const

export const callsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: [...callsKey, filter],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam }
      return bodyOf(api.GET('/v1/calls', { params: { query: { ...filter, ...cursor, limit: pageSize } } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

export const receiptKey = (callId: string) => ['receipt', callId] as const

export const receiptQuery = (callId: string) =>
  queryOptions({
    queryKey: receiptKey(callId),
    queryFn: () => bodyOf(api.GET('/v1/calls/{id}', { params: { path: { id: callId } } })),
  })

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: () => whole((query) => api.GET('/v1/members', { params: { query } })),
})

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => whole((query) => api.GET('/v1/invitations', { params: { query } })),
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => whole((query) => api.GET('/v1/keys', { params: { query } })),
})
