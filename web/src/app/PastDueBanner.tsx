import { IconCreditCardOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { instant } from '../design/format/instant.ts'
import { subscriptionQuery } from '../features/billing/index.ts'
import { workspaceQuery } from '../features/workspace/index.ts'
import classes from './PastDueBanner.module.css'

/** Says on every page but Billing that the plan is past due, and when it ends. */
export function PastDueBanner() {
  const subscription = useQuery(subscriptionQuery).data
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const pathname = useLocation({ select: (location) => location.pathname })
  const pastDue = subscription?.pastDue ?? null
  return (
    <div role="status" className={classes.region}>
      {pastDue !== null && pathname !== '/billing' && (
        <div className={classes.banner}>
          <IconCreditCardOff size={16} stroke={1.75} className={classes.icon} aria-hidden />
          <span>
            Payment for {subscription?.planName} is past due. The plan ends on{' '}
            {instant(pastDue.endsAt, 'dateTime', timeZone)}.{' '}
            <Link to="/billing" className={classes.link ?? ''}>
              Go to Billing
            </Link>
          </span>
        </div>
      )}
    </div>
  )
}
