import { MINUTE_MS } from '@talktime/core/time/durations'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'
import type { CampaignStatus, ContactState } from '../../api/types.ts'

/** The first part of every query key about campaigns. One event of the stream invalidates them all. */
export const campaignsKey = ['campaigns'] as const

/** Calling hours start and end without an event, so campaigns are refetched this often. */
const REFETCH_MS = MINUTE_MS

export const campaignsQuery = (status: CampaignStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: [...campaignsKey, 'list', status ?? 'all'],
    queryFn: ({ pageParam }) => {
      const query = { ...(status && { status }), ...(pageParam && { cursor: pageParam }), limit: '50' }
      return readBody(api.GET('/v1/campaigns', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: REFETCH_MS,
  })

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: [...campaignsKey, 'one', id],
    queryFn: () => readBody(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })),
    refetchInterval: REFETCH_MS,
  })

export const contactsKey = (id: string) => [...campaignsKey, 'contacts', id] as const

export const contactsQuery = (id: string, state: ContactState | undefined) =>
  infiniteQueryOptions({
    queryKey: [...contactsKey(id), state ?? 'all'],
    queryFn: ({ pageParam }) => {
      const query = { ...(state && { state }), ...(pageParam && { cursor: pageParam }), limit: '25' }
      return readBody(api.GET('/v1/campaigns/{id}/contacts', { params: { path: { id }, query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** The contact files that were imported, newest first. */
export const importsQuery = (id: string) =>
  queryOptions({
    queryKey: [...campaignsKey, 'imports', id],
    queryFn: () =>
      readAllPages((query) => api.GET('/v1/campaigns/{id}/imports', { params: { path: { id }, query } })),
  })
