import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'
import type { Delivery } from '../../api/types.ts'

/** The first part of every query key about alerts. One event of the stream invalidates them all. */
export const alertsKey = ['alerts'] as const

/** How many alerts the header counts. */
const LATEST_ALERTS = '50'

/** The latest alerts, newest first. */
export const alertsQuery = queryOptions({
  queryKey: [...alertsKey, 'latest'],
  queryFn: async () =>
    (await readBody(api.GET('/v1/alerts', { params: { query: { limit: LATEST_ALERTS } } }))).data,
})

const PAGE_SIZE = '20'

/** All alerts, or the unread ones. */
export const alertPagesQuery = (unreadOnly: boolean) =>
  infiniteQueryOptions({
    queryKey: [...alertsKey, 'pages', unreadOnly],
    queryFn: ({ pageParam }) => {
      const query = {
        ...(unreadOnly && { unread: 'true' as const }),
        ...(pageParam && { cursor: pageParam }),
        limit: PAGE_SIZE,
      }
      return readBody(api.GET('/v1/alerts', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** Marks alerts as read for everyone in the workspace: these, or all. */
export async function markAlertsRead(ids?: string[]): Promise<void> {
  await readBody(api.POST('/v1/alerts/read', { body: ids === undefined ? {} : { ids } }))
}

/** Filters of deliveries. */
export type DeliveryFilter = {
  alertId?: string
  webhookId?: string
  channel?: Delivery['channel']
  status?: Delivery['status']
}

/** Deliveries send no events, so pending ones are refetched this often. */
const PENDING_REFETCH_MS = 4_000

/** Emails and webhook messages, newest first. */
export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: [...alertsKey, 'deliveries', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, ...(pageParam && { cursor: pageParam }), limit: PAGE_SIZE }
      return readBody(api.GET('/v1/deliveries', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const shown = state.data?.pages.flatMap((page) => page.data) ?? []
      return shown.some(({ status }) => status === 'pending') ? PENDING_REFETCH_MS : false
    },
  })

export const webhooksQuery = queryOptions({
  queryKey: [...alertsKey, 'webhooks'],
  queryFn: () => readAllPages((query) => api.GET('/v1/webhooks', { params: { query } })),
})

export const alertSettingsQuery = queryOptions({
  queryKey: [...alertsKey, 'settings'],
  queryFn: () => readBody(api.GET('/v1/alert-settings')),
})
