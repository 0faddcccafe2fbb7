import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { billingKey } from '../../api/query-keys.ts'

export const autoReloadQuery = queryOptions({
  queryKey: [...billingKey, 'auto-reload'],
  queryFn: () => readBody(api.GET('/v1/auto-reload')),
})

export const reloadAttemptsQuery = infiniteQueryOptions({
  queryKey: [...billingKey, 'reload-attempts'],
  queryFn: ({ pageParam }) => {
    const query = { limit: '20', ...(pageParam === null ? {} : { cursor: pageParam }) }
    return readBody(api.GET('/v1/auto-reload/attempts', { params: { query } }))
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})
