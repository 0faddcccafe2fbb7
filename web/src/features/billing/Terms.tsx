import type { ReactNode } from 'react'
import classes from './Terms.module.css'

/** The terms of an order, line by line, with aligned amounts. */
export function Terms({ children }: { children: ReactNode }) {
  return <dl className={classes.terms}>{children}</dl>
}

export function Term(props: { name: string; note?: ReactNode; total?: boolean; children: ReactNode }) {
  return (
    <div className={classes.term} data-total={props.total || undefined}>
      <dt>
        {props.name}
        {props.note !== undefined && <span className={classes.note}>{props.note}</span>}
      </dt>
      <dd>{props.children}</dd>
    </div>
  )
}
