import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { readAllPages } from '../../api/read-all-pages.ts'
import type { Session } from '../../api/types.ts'

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await readBody(api.GET('/v1/session'))
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => readBody(api.GET('/v1/workspace')),
})

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: () => readAllPages((query) => api.GET('/v1/members', { params: { query } })),
})
