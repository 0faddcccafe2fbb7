import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { Plan } from '../api/types.ts'
import { PlanCards } from './PlanCards.tsx'
import { PlanTable } from './PlanTable.tsx'

export type PlanComparisonProps = {
  plans: readonly Plan[]
  /** The plan that the reader has. */
  currentId?: string | undefined
  /** What can be done about a plan: a button, a link, or words. */
  action: (plan: Plan) => ReactNode
}

/** The plans side by side; below `wideFrom` one below the other. */
export function PlanComparison({ wideFrom, ...props }: PlanComparisonProps & { wideFrom: string }) {
  const wide = useMediaQuery(`(min-width: ${wideFrom})`, undefined, { getInitialValueInEffect: false })
  return wide ? <PlanTable {...props} /> : <PlanCards {...props} />
}
