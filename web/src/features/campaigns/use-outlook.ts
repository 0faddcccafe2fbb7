import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { balanceQuery, lineOf } from '../balance/index.ts'
import { outlook, type Prospect } from './outlook.ts'
import { useCampaigning } from './use-campaigning.ts'

/** What will happen as far as it is known now; undefined while the balance is not. `mayRun`: there are credits. */
export function useOutlook(
  campaign: Campaign,
  later: boolean,
): { prospects: Prospect[]; mayRun: boolean } | undefined {
  const { timeZone } = useCampaigning()
  const balance = useQuery(balanceQuery).data
  if (balance === undefined) return undefined
  const nowMs = serverNow()
  const balanceMs = balanceAt(lineOf(balance), nowMs)
  return { prospects: outlook(campaign, { balanceMs, timeZone, nowMs, later }), mayRun: balanceMs > 0 }
}
