import { queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'

/** The person's own account. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: () => readBody(api.GET('/v1/account')),
})

/** Where the person is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: async () => (await readBody(api.GET('/v1/account/sessions'))).data,
})
