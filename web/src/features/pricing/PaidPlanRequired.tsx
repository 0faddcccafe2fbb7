import { IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import classes from './PaidPlanRequired.module.css'

/** Says that the plan is why a control is disabled. `id` is for aria-describedby. */
export function PaidPlanRequired({ id, children }: { id?: string; children?: ReactNode }) {
  return (
    <p className={classes.reason} {...(id === undefined ? {} : { id })}>
      <IconLock size={15} stroke={1.75} className={classes.icon} aria-hidden />
      <span>
        <strong className={classes.strong}>Paid plan required</strong>
        {children !== undefined && <>. {children}</>}{' '}
        <Link to="/billing" hash="plans" className={classes.link ?? ''}>
          Compare plans
        </Link>
      </span>
    </p>
  )
}
