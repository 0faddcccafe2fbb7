import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Transaction } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { SkeletonRows } from '../../design/ui/states.tsx'
import { entryLabels, signedCredits } from '../billing/index.ts'
import classes from './RecentTransactions.module.css'
import { recentTransactionsQuery } from './usage-queries.ts'

/** The latest ledger entries, with the balance after each. */
export function RecentTransactions({ timeZone }: { timeZone: string }) {
  const entries = useQuery(recentTransactionsQuery)
  return (
    <Card
      title="Recent transactions"
      caption="Newest first, with the balance after each"
      flush
      footer={<Link to="/usage/transactions">All transactions</Link>}
    >
      <Loaded query={entries} what="Transactions" skeleton={<SkeletonRows count={5} label="transactions" />}>
        {(list) =>
          list.length === 0 ? (
            <p className={classes.none}>No transactions yet.</p>
          ) : (
            <ol className={classes.list}>
              {list.map((entry) => (
                <li key={entry.id} className={classes.entry}>
                  <span className={classes.what}>
                    <What entry={entry} />
                  </span>
                  <span className={classes.amount}>{signedCredits(entry.amount.milliseconds)}</span>
                  <span className={classes.note}>
                    <time dateTime={entry.at}>{instant(entry.at, 'dayTime', timeZone)}</time>
                    {entry.reason !== null && ` · ${entry.reason}`}
                  </span>
                  <span className={classes.note}>
                    balance <span className="numeric">{creditsFixed(entry.balanceAfter.milliseconds)}</span>
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  )
}

function What({ entry }: { entry: Transaction }) {
  const words = entryLabels[entry.kind]
  if (entry.callId !== null) {
    return (
      <Link to="/calls/$callId" params={{ callId: entry.callId }} className={classes.link ?? ''}>
        {words}
      </Link>
    )
  }
  if (entry.purchaseId !== null) {
    return (
      <Link
        to="/billing/receipts/$purchaseId"
        params={{ purchaseId: entry.purchaseId }}
        className={classes.link ?? ''}
      >
        {words}
      </Link>
    )
  }
  return words
}
