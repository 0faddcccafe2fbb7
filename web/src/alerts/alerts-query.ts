import { queryOptions } from '@tanstack/react-query'
import { api, bodyOf } from '../api/client.ts'

export const alertsKey = ['alerts'] as const

/** How many alerts the list shows at most. */
const alertsShown = '50'

/** The latest alerts, newest first. */
export const alertsQuery = queryOptions({
  queryKey: alertsKey,
  queryFn: async () =>
    (await bodyOf(api.GET('/v1/alerts', { params: { query: { limit: alertsShown } } }))).data,
})

/** Notes for everybody in the workspace that all alerts were looked at. */
export async function markAlertsRead(ids: string[]): Promise<void> {
  await bodyOf(api.POST('/v1/alerts/read', { body: { ids } }))
}
