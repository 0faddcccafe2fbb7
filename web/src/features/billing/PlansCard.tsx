import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Plan, Subscription } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { PlanComparison, plansQuery } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import { subscriptionQuery } from './billing-queries.ts'
import classes from './PlansCard.module.css'

/** Compares the plans and changes between them. */
export function PlansCard({ timeZone }: { timeZone: string }) {
  const plans = useQuery(plansQuery)
  const subscription = useQuery(subscriptionQuery).data
  const end = subscription && instant(subscription.cycle.endsAt, 'date', timeZone)
  return (
    <div id="plans" className={classes.plans}>
      <Card
        title="Plans"
        caption={`Upgrades take effect immediately, with price and credits prorated for the rest of the billing cycle. Downgrades take effect when the cycle ends${end === undefined ? '' : `, on ${end}`}.`}
        flush
      >
        <Loaded
          query={plans}
          what="Plans"
          skeleton={
            <div className={classes.loading} role="status" aria-label="Loading plans">
              <Skeleton height={64} />
              <Skeleton height={320} />
            </div>
          }
        >
          {(list) => (
            <PlanComparison
              plans={list}
              currentId={subscription?.planId}
              wideFrom="70em"
              action={(plan) =>
                subscription && (
                  <PlanAction plan={plan} plans={list} subscription={subscription} timeZone={timeZone} />
                )
              }
            />
          )}
        </Loaded>
      </Card>
    </div>
  )
}

function PlanAction(props: { plan: Plan; plans: Plan[]; subscription: Subscription; timeZone: string }) {
  const { plan, subscription } = props
  const { manages } = useSpending()
  const navigate = useNavigate({ from: '/billing' })
  const current = props.plans.find((candidate) => candidate.id === subscription.planId)
  const open = () => void navigate({ search: (search) => ({ ...search, plan: plan.id }) })
  const button = (label: string, filled: boolean) => (
    <Button
      size="xs"
      variant={filled ? 'filled' : 'default'}
      disabled={!manages}
      onClick={open}
      aria-label={`${label}: ${plan.name}`}
    >
      {label}
    </Button>
  )
  if (plan.id === subscription.planId) return <span className={classes.mark}>Current plan</span>
  if (plan.id === subscription.pendingPlanId) {
    return (
      <span className={classes.mark}>From {instant(subscription.cycle.endsAt, 'date', props.timeZone)}</span>
    )
  }
  if (plan.price === null) return <span className={classes.quiet}>Contact the operator</span>
  const upgrade = current?.price != null && plan.price.minor > current.price.minor
  return button(upgrade ? 'Upgrade' : 'Downgrade', upgrade)
}
