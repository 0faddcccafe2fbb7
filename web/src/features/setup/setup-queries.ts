import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'

/** How often the checklist looks for new calls of the voice stack. */
const REFETCH_MS = 5_000

/** The latest answered calls. */
export const answeredCallsQuery = queryOptions({
  queryKey: ['answered-calls'],
  queryFn: async () => {
    const query = { status: 'in_conversation,ended,lost', limit: '20' }
    return (await readBody(api.GET('/v1/calls', { params: { query } }))).data
  },
  refetchInterval: REFETCH_MS,
})
