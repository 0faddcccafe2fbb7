import { VisuallyHidden } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import classes from './PlanValue.module.css'

/** A cell of the plan comparison: an amount, or an icon for included or not, with its word for screen readers. */
export function PlanValue({ value }: { value: boolean | string }) {
  if (typeof value === 'string') return value
  return value ? (
    <>
      <IconCheck size={17} stroke={2} className={classes.yes} aria-hidden />
      <VisuallyHidden>Included</VisuallyHidden>
    </>
  ) : (
    <>
      <IconMinus size={17} stroke={1.5} className={classes.no} aria-hidden />
      <VisuallyHidden>Not included</VisuallyHidden>
    </>
  )
}
