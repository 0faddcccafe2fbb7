import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { billingKey } from '../../api/query-keys.ts'
import { readAllPages } from '../../api/read-all-pages.ts'

/** The saved cards. The API shows them to owners and admins only. */
export const paymentMethodsQuery = queryOptions({
  queryKey: [...billingKey, 'payment-methods'],
  queryFn: () => readAllPages((query) => api.GET('/v1/payment-methods', { params: { query } })),
})
