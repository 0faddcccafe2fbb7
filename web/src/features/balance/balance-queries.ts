import { MINUTE_MS } from '@talktime/core/time/durations'
import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { billingKey } from '../../api/query-keys.ts'
import { learnServerClock } from '../../api/server-clock.ts'

export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: async () => {
    const sentMs = Date.now()
    const balance = await readBody(api.GET('/v1/balance'))
    learnServerClock(Date.parse(balance.asOf), sentMs, Date.now())
    return balance
  },
  // The number on screen ticks without requests. Its parts and its status are read once a minute while it falls.
  refetchInterval: ({ state }) => ((state.data?.liveCalls ?? 0) > 0 ? MINUTE_MS : false),
})

/** The newest 200 grants. Those with credit left are among them. */
export const grantsQuery = queryOptions({
  queryKey: [...billingKey, 'grants'],
  queryFn: async () => (await readBody(api.GET('/v1/grants', { params: { query: { limit: '200' } } }))).data,
})
