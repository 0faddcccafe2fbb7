import { billingKey } from '../../api/query-keys.ts'
import { alertsKey } from '../alerts/index.ts'
import { balanceQuery } from '../balance/index.ts'
import { callsKey, openCallsKey, receiptsKey } from '../calls/index.ts'
import { campaignsKey } from '../campaigns/index.ts'
import { usageKey } from '../usage/index.ts'

/** Everything that events keep current. It has to be read again when events may have been missed. */
export const currentKeys = [
  balanceQuery.queryKey,
  openCallsKey,
  callsKey,
  receiptsKey,
  billingKey,
  usageKey,
  alertsKey,
  campaignsKey,
] as const
