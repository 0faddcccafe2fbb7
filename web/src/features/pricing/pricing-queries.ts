import { MINUTE_MS } from '@talktime/core/time/durations'
import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'

/** The catalog changes rarely: only when the operator edits it. */
const CATALOG_STALE_MS = 10 * MINUTE_MS

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: async () => (await readBody(api.GET('/v1/plans'))).data,
  staleTime: CATALOG_STALE_MS,
})

export const packagesQuery = queryOptions({
  queryKey: ['packages'],
  queryFn: async () => (await readBody(api.GET('/v1/packages'))).data,
  staleTime: CATALOG_STALE_MS,
})
