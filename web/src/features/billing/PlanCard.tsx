import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Plan, Subscription } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { cardInWords, paymentMethodsQuery } from '../cards/index.ts'
import { plansQuery } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import { subscriptionQuery } from './billing-queries.ts'
import classes from './PlanCard.module.css'

/** The current plan: its price, its renewal, and a scheduled change. */
export function PlanCard({ timeZone }: { timeZone: string }) {
  const subscription = useQuery(subscriptionQuery)
  const plans = useQuery(plansQuery).data
  return (
    <Card
      title="Plan"
      actions={
        <Button
          variant="default"
          size="xs"
          renderRoot={(props) => <Link to="/billing" hash="plans" {...props} />}
        >
          Compare plans
        </Button>
      }
      flush
    >
      <Loaded
        query={subscription}
        what="The plan"
        skeleton={
          <div className={classes.body} role="status" aria-label="Loading the plan">
            <Skeleton height={24} width="45%" my={4} />
            <Skeleton height={12} width="80%" my={10} />
            <Skeleton height={12} width="60%" />
          </div>
        }
      >
        {(data) => (
          <div className={classes.body}>
            <p className={classes.name}>
              {data.planName}
              <PriceOf plan={plans?.find((plan) => plan.id === data.planId)} />
            </p>
            {data.pendingPlanId === null ? (
              <Renewal subscription={data} plans={plans} timeZone={timeZone} />
            ) : (
              <Pending subscription={data} plans={plans} timeZone={timeZone} />
            )}
          </div>
        )}
      </Loaded>
    </Card>
  )
}

function PriceOf({ plan }: { plan: Plan | undefined }) {
  if (plan?.price == null) return null
  return <span className={classes.price}>{money(plan.price)} a month</span>
}

type Parts = { subscription: Subscription; plans: Plan[] | undefined; timeZone: string }

/** What happens when the cycle ends, and which card pays. */
function Renewal({ subscription, plans, timeZone }: Parts) {
  const { manages } = useSpending()
  const cards = useQuery({ ...paymentMethodsQuery, enabled: manages }).data
  const { renewal, cycle, status } = subscription
  const next = plans?.find((plan) => plan.id === subscription.planId)
  const credits = next === undefined ? 'credits' : creditsInWords(next.monthlyCredits.milliseconds)
  const at = instant(cycle.endsAt, 'dateTime', timeZone)
  if (status === 'past_due') {
    return (
      <p className={classes.text}>
        <span className={classes.warning}>Payment is past due.</span> You can use this cycle’s credits for
        now. See the notice at the top of the page for what happens next.
      </p>
    )
  }
  if (status === 'invoiced') {
    return (
      <p className={classes.text}>
        Renews on {at} with {credits}. The operator of this service invoices the plan; no card is charged.
      </p>
    )
  }
  if (renewal === null) {
    return (
      <p className={classes.text}>
        Renews on {at} with {credits}. Nothing is charged.
      </p>
    )
  }
  const card = cards?.find((candidate) => candidate.isDefault)
  return (
    <p className={classes.text}>
      Renews on {instant(renewal.at, 'dateTime', timeZone)} for{' '}
      <strong className={classes.strong}>{money(renewal.amount)}</strong>
      {card && `, charged to ${cardInWords(card)}`}, with {credits}.
      {cards?.length === 0 && (
        <span className={classes.warning}> There is no card to charge. Add one before then.</span>
      )}
    </p>
  )
}

function Pending({ subscription, plans, timeZone }: Parts) {
  const { manages } = useSpending()
  const navigate = useNavigate({ from: '/billing' })
  const { planId, planName, pendingPlanId, cycle, renewal } = subscription
  const next = plans?.find((plan) => plan.id === pendingPlanId)
  const credits = next && `${creditsInWords(next.monthlyCredits.milliseconds)} a month`
  const price = renewal ? `for ${money(renewal.amount)}` : 'at no charge'
  return (
    <div className={classes.pending}>
      <p className={classes.pendingText}>
        Changes to {next?.name ?? pendingPlanId} on {instant(cycle.endsAt, 'dateTime', timeZone)}
        {credits && ` with ${credits}, ${price}`}. {planName} continues until then.
      </p>
      <Button
        variant="default"
        size="xs"
        disabled={!manages}
        onClick={() => void navigate({ search: (search) => ({ ...search, plan: planId }) })}
      >
        Keep {planName}
      </Button>
    </div>
  )
}
