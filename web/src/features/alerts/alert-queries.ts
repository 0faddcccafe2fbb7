import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { readAllPages } from '../../api/read-all-pages.ts'
import type { Delivery } from '../../api/types.ts'

/** Everything about alerts: one event of the stream makes all of it that is on screen be read anew. */
export const alertsKey = ['alerts'] as const

/** How many alerts the header looks at. */
const alertsLooked = '50'

/** The latest alerts, newest first. */
export const alertsQuery = queryOptions({
  queryKey: [...alertsKey, 'latest'],
  queryFn: async () =>
    (await readBody(api.GET('/v1/alerts', { params: { query: { limit: alertsLooked } } }))).data,
})

const pageSize = '20'

/** All alerts, or those that nobody has read, page by page. */
export const alertPagesQuery = (unreadOnly: boolean) =>
  infiniteQueryOptions({
    queryKey: [...alertsKey, 'pages', unreadOnly],
    queryFn: ({ pageParam }) => {
      const query = {
        ...(unreadOnly && { unread: 'true' as const }),
        ...(pageParam && { cursor: pageParam }),
        limit: pageSize,
      }
      return readBody(api.GET('/v1/alerts', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** Notes for everybody in the workspace that alerts were looked at: these, or all. */
export async function markAlertsRead(ids?: string[]): Promise<void> {
  await readBody(api.POST('/v1/alerts/read', { body: ids === undefined ? {} : { ids } }))
}

/** Which deliveries are listed. */
export type DeliveryFilter = {
  alertId?: string
  webhookId?: string
  channel?: Delivery['channel']
  status?: Delivery['status']
}

/** No event tells of a delivery: what is on its way is looked at again so often. */
const pendingMs = 4_000

/** Mails and messages to webhooks, newest first. */
export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: [...alertsKey, 'deliveries', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, ...(pageParam && { cursor: pageParam }), limit: pageSize }
      return readBody(api.GET('/v1/deliveries', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const shown = state.data?.pages.flatMap((page) => page.data) ?? []
      return shown.some(({ status }) => status === 'pending') ? pendingMs : false
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
