import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'
import type { CampaignStatus, ContactState } from '../../api/types.ts'

/** Everything about campaigns that changes: one event of the stream makes all of it that is on screen be read anew. */
export const campaignsKey = ['campaigns'] as const

/** Calling hours begin and end without an event: what is said about them is looked at again so often. */
const hoursMs = 60_000

export const campaignsQuery = (status: CampaignStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: [...campaignsKey, 'list', status ?? 'all'],
    queryFn: ({ pageParam }) => {
      const query = { ...(status && { status }), ...(pageParam && { cursor: pageParam }), limit: '50' }
      return readBody(api.GET('/v1/campaigns', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: hoursMs,
  })

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: [...campaignsKey, 'one', id],
    queryFn: () => readBody(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })),
    refetchInterval: hoursMs,
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

/** The files of contacts that were taken, newest first. */
export const importsQuery = (id: string) =>
  queryOptions({
    queryKey: [...campaignsKey, 'imports', id],
    queryFn: () =>
      readAllPages((query) => api.GET('/v1/campaigns/{id}/imports', { params: { path: { id }, query } })),
  })
