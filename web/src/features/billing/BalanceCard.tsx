import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Balance } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { balanceQuery, useLiveBalance } from '../balance/index.ts'
import classes from './BalanceCard.module.css'
import { BalanceFigures } from './BalanceFigures.tsx'
import { BalanceSplit } from './BalanceSplit.tsx'

/** The live balance, its parts, the calls that use it and how long it lasts. */
export function BalanceCard({ timeZone }: { timeZone: string }) {
  const balance = useQuery(balanceQuery)
  return (
    <Card title="Balance" flush>
      <Loaded
        query={balance}
        what="The balance"
        skeleton={
          <div className={classes.body} role="status" aria-label="Loading the balance">
            <Skeleton height={52} width={230} mb={18} />
            <Skeleton height={10} mb={18} />
            <Skeleton height={58} mb={14} />
            <Skeleton height={48} />
          </div>
        }
      >
        {(data) => (
          <>
            <div className={classes.body}>
              <LiveNumber balance={data} />
              <BalanceSplit balance={data} timeZone={timeZone} />
            </div>
            <BalanceFigures balance={data} timeZone={timeZone} />
          </>
        )}
      </Loaded>
    </Card>
  )
}

function LiveNumber({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  const below = balance.overdraft.milliseconds > 0
  return (
    <>
      <p className={classes.number} data-state={state}>
        {credits} <span className={classes.unit}>credits</span>
        {state === 'low' && <span className={classes.word}>Low</span>}
        {state === 'out' && <span className={classes.word}>Out of credits</span>}
      </p>
      {below && (
        <p className={classes.overdraft}>
          {creditsInWords(balance.overdraft.milliseconds)} below zero, because live calls were allowed to
          finish when credits ran out. The next credits pay that first.{' '}
          <Link to="/settings/workspace">Change this setting</Link>
        </p>
      )}
      {state === 'out' && !below && (
        <p className={classes.overdraft}>New calls are refused until credits arrive.</p>
      )}
    </>
  )
}
