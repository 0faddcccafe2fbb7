import classes from './PlanCards.module.css'
import { PlanPrice } from './PlanPrice.tsx'
import { PlanValue } from './PlanValue.tsx'
import type { PlanComparisonProps } from './plan-comparison-props.ts'
import { listPlanFacts } from './plan-facts.ts'

/** The plans below each other, for small screens. */
export function PlanCards({ plans, currentId, action }: PlanComparisonProps) {
  const facts = listPlanFacts(plans)
  return (
    <ul className={classes.plans}>
      {plans.map((plan) => (
        <li key={plan.id} className={classes.plan} data-current={plan.id === currentId || undefined}>
          <div className={classes.top}>
            <div>
              <h3 className={classes.name}>{plan.name}</h3>
              <PlanPrice plan={plan} />
            </div>
            <div className={classes.action}>{action(plan)}</div>
          </div>
          <dl className={classes.facts}>
            {facts.map((fact) => (
              <div key={fact.name} className={classes.fact}>
                <dt>{fact.name}</dt>
                <dd>
                  <PlanValue value={fact.of(plan)} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
