import type { ReactNode } from 'react'
import type { Plan } from '../../api/types.ts'

export type PlanComparisonProps = {
  plans: readonly Plan[]
  /** The workspace's own plan. */
  currentId?: string | undefined
  /** What to show below a plan: a button, a link or a text. */
  action: (plan: Plan) => ReactNode
}
