import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSpending } from '../workspace/index.ts'
import classes from './PaidPlanRequired.module.css'
import { plansQuery } from './pricing-queries.ts'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/**
 * Says which plans include a feature whose controls are disabled on this one. `what` is a plural that starts the
 * sentence, such as `Campaigns`. `id` is for aria-describedby.
 */
export function FeatureRequired({ feature, what, id }: { feature: string; what: string; id?: string }) {
  const { paid } = useSpending()
  const plans = useQuery(plansQuery).data ?? []
  const names = plans.filter((plan) => plan.features[feature] === true).map(({ name }) => name)
  return (
    <p className={classes.reason} {...(id === undefined ? {} : { id })}>
      <IconLock size={15} stroke={1.75} className={classes.icon} aria-hidden />
      <span>
        <strong className={classes.strong}>{paid ? 'Higher plan required' : 'Paid plan required'}</strong>.{' '}
        {names.length > 0 && `${what} are included in ${list.format(names)}. `}
        <Link to="/billing" hash="plans" className={classes.link ?? ''}>
          Compare plans
        </Link>
      </span>
    </p>
  )
}
