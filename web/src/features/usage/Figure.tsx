import type { ReactNode } from 'react'
import classes from './KeyFigures.module.css'

/** One number with its name and the period it covers. */
export function Figure(props: { name: string; note: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt className={classes.name}>{props.name}</dt>
      <dd className={classes.value}>{props.children}</dd>
      <dd className={classes.note}>{props.note}</dd>
      {props.action !== undefined && <dd className={classes.action}>{props.action}</dd>}
    </div>
  )
}
