import type { ReactNode } from 'react'
import type { Plan } from '../../api/types.ts'

export type PlanComparisonProps = {
  plans: readonly Plan[]
  /** The plan that the reader has. */
  currentId?: string | undefined
  /** What can be done about a plan: a button, a link, or words. */
  action: (plan: Plan) => ReactNode
}
