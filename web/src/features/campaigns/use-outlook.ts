import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { balanceQuery, lineOf } from '../balance/index.ts'
import { type Prospect, predictOutlook } from './outlook.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The outlook of a campaign, and whether there are credits to run it (`mayRun`); undefined while the balance loads. */
export function useOutlook(
  campaign: Campaign,
  later: boolean,
): { prospects: Prospect[]; mayRun: boolean } | undefined {
  const { timeZone } = useCampaignRights()
  const balance = useQuery(balanceQuery).data
  if (balance === undefined) return undefined
  const nowMs = serverNow()
  const balanceMs = balanceAt(lineOf(balance), nowMs)
  return { prospects: predictOutlook(campaign, { balanceMs, timeZone, nowMs, later }), mayRun: balanceMs > 0 }
}
