import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => readAllPages((query) => api.GET('/v1/invitations', { params: { query } })),
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => readAllPages((query) => api.GET('/v1/keys', { params: { query } })),
})
