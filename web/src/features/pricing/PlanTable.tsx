import { PlanPrice } from './PlanPrice.tsx'
import classes from './PlanTable.module.css'
import { PlanValue } from './PlanValue.tsx'
import type { PlanComparisonProps } from './plan-comparison-props.ts'
import { listPlanFacts } from './plan-facts.ts'

/** The plans side by side, as columns of a table. */
export function PlanTable({ plans, currentId, action }: PlanComparisonProps) {
  return (
    <div className={classes.scroll} tabIndex={plans.length > 5 ? 0 : undefined}>
      <table className={classes.table}>
        <caption className={classes.caption}>Plan comparison</caption>
        <thead>
          <tr>
            <td />
            {plans.map((plan) => (
              <th key={plan.id} scope="col" data-current={plan.id === currentId || undefined}>
                <div className={classes.name}>{plan.name}</div>
                <PlanPrice plan={plan} />
                <div className={classes.action}>{action(plan)}</div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listPlanFacts(plans).map((fact) => (
            <tr key={fact.name}>
              <th scope="row">
                {fact.name}
                {fact.meaning !== '' && <span className={classes.meaning}>{fact.meaning}</span>}
              </th>
              {plans.map((plan) => (
                <td key={plan.id} data-current={plan.id === currentId || undefined}>
                  <PlanValue value={fact.of(plan)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
