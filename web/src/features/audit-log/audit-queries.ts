import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { AuditFilter } from './audit-search.ts'

export const auditLogQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit-log', filter],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam }
      return readBody(api.GET('/v1/audit-log', { params: { query: { ...filter, ...cursor, limit: '50' } } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })
