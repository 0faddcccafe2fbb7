import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import type { Balance } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { balanceQuery, lineOf } from '../balance/index.ts'

/** The balance with `addedMs` more talk time. It ticks with the live calls. */
export function BalanceAfter({ addedMs }: { addedMs: number }) {
  const balance = useQuery(balanceQuery).data
  return balance ? <Ticking balance={balance} addedMs={addedMs} /> : '—'
}

function Ticking({ balance, addedMs }: { balance: Balance; addedMs: number }) {
  const line = lineOf(balance)
  const credits = useTicking((nowMs) => creditsFixed(balanceAt(line, nowMs) + addedMs), balance.liveCalls > 0)
  return <>{credits} credits</>
}
