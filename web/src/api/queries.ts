import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { learnServerClock } from '../live/server-clock.ts'
import { api } from './client.ts'
import { ApiProblem } from './problem.ts'
import type {
  Agent,
  ApiKey,
  Balance,
  Call,
  Invitation,
  Member,
  Page,
  Receipt,
  Session,
  Workspace,
} from './types.ts'

const pageSize = 50

/** Every item of a list that stays small: agents, members, keys. */
async function whole<Item>(path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page: Page<Item> = await api.get(path, { limit: 200, cursor })
    items.push(...page.data)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await api.get<Session>('/v1/session')
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => api.get<Workspace>('/v1/workspace'),
})

export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: async () => {
    const sentMs = Date.now()
    const balance = await api.get<Balance>('/v1/balance')
    learnServerClock(Date.parse(balance.asOf), sentMs, Date.now())
    return balance
  },
})

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => whole<Agent>('/v1/agents'),
})

export const openCallsKey = ['open-calls'] as const

export const openCallsQuery = queryOptions({
  queryKey: openCallsKey,
  queryFn: () => api.get<Page<Call>>('/v1/calls', { status: 'authorized,in_conversation', limit: 200 }),
  select: (page) => page.data,
})

/** What narrows the history; local dates of the workspace, both included. */
export type CallFilter = {
  status?: string | undefined
  agentId?: string | undefined
  direction?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const callsKey = ['calls'] as const

export const callsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: [...callsKey, filter],
    queryFn: ({ pageParam }) =>
      api.get<Page<Call>>('/v1/calls', { ...filter, limit: pageSize, cursor: pageParam ?? undefined }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

export const receiptKey = (callId: string) => ['receipt', callId] as const

export const receiptQuery = (callId: string) =>
  queryOptions({
    queryKey: receiptKey(callId),
    queryFn: () => api.get<Receipt>(`/v1/calls/${encodeURIComponent(callId)}`),
  })

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: () => whole<Member>('/v1/members'),
})

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => whole<Invitation>('/v1/invitations'),
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => whole<ApiKey>('/v1/keys'),
})
