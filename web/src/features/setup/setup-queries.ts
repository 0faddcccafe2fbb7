import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'

/** How often the checklist looks for calls that a voice stack made meanwhile. */
const lookMs = 5_000

/** The newest calls that were answered. */
export const answeredCallsQuery = queryOptions({
  queryKey: ['answered-calls'],
  queryFn: async () => {
    const query = { status: 'in_conversation,ended,lost', limit: '20' }
    return (await readBody(api.GET('/v1/calls', { params: { query } }))).data
  },
  refetchInterval: lookMs,
})
