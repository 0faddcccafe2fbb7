import { VisuallyHidden } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import classes from './PlanValue.module.css'

/** What a plan says of one thing: how much, or whether it has it, which is told by a sign and read out as a word. */
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
