import type { Plan } from '../../api/types.ts'
import { money } from '../../design/format/money.ts'
import classes from './PlanPrice.module.css'

/** A plan's monthly price. Plans without a list price are available on request. */
export function PlanPrice({ plan }: { plan: Plan }) {
  if (plan.price === null) return <span className={classes.price}>On request</span>
  return (
    <span className={classes.price}>
      {money(plan.price)} <span className={classes.period}>a month</span>
    </span>
  )
}
