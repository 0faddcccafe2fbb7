import { useMediaQuery } from '@mantine/hooks'
import { PlanCards } from './PlanCards.tsx'
import { PlanTable } from './PlanTable.tsx'
import type { PlanComparisonProps } from './plan-comparison-props.ts'

/** Compares the plans: side by side, or below each other on screens narrower than `wideFrom`. */
export function PlanComparison({ wideFrom, ...props }: PlanComparisonProps & { wideFrom: string }) {
  const wide = useMediaQuery(`(min-width: ${wideFrom})`, undefined, { getInitialValueInEffect: false })
  return wide ? <PlanTable {...props} /> : <PlanCards {...props} />
}
