import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => readAllPages((query) => api.GET('/v1/agents', { params: { query } })),
})
