import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { creditsBrief, creditsInWords } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { balanceQuery } from '../balance/index.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './PlanSummary.module.css'

/** The plan's monthly credits, what is left of them, and when they reset. */
export function PlanSummary({ timeZone }: { timeZone: string }) {
  const workspace = useQuery(workspaceQuery)
  const balance = useQuery(balanceQuery)
  return (
    <Card flush>
      <Loaded
        query={balance}
        what="The plan"
        skeleton={
          <div className={classes.loading} role="status" aria-label="Loading the plan">
            <Skeleton height={20} />
          </div>
        }
      >
        {({ monthly, topUp, promotional }) => (
          <div className={classes.summary}>
            <h2 className={classes.name}>{workspace.data?.plan.name ?? 'Plan'} plan</h2>
            <dl className={classes.facts}>
              <Fact name="Monthly credits">
                {creditsBrief(monthly.remaining.milliseconds)} of{' '}
                {creditsInWords(monthly.granted.milliseconds)} left
              </Fact>
              <Fact name="Resets">{instant(monthly.resetsAt, 'dateTime', timeZone)}</Fact>
              {topUp.remaining.milliseconds > 0 && (
                <Fact name="Top-up credits">{creditsBrief(topUp.remaining.milliseconds)} left</Fact>
              )}
              {promotional.remaining.milliseconds > 0 && (
                <Fact name="Promotional credits">
                  {creditsBrief(promotional.remaining.milliseconds)} left
                </Fact>
              )}
            </dl>
            <Link to="/billing" className={classes.link ?? ''}>
              Plan and billing
            </Link>
          </div>
        )}
      </Loaded>
    </Card>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
