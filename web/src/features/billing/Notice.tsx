import type { ReactNode } from 'react'
import classes from './Notice.module.css'

/** A notice at the top of the page about something that needs attention, with actions. */
export function Notice(props: {
  tone: 'warn' | 'bad' | 'plain'
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
}) {
  return (
    <section className={classes.notice} data-tone={props.tone} aria-label={props.title}>
      <span className={classes.icon} aria-hidden>
        {props.icon}
      </span>
      <div className={classes.text}>
        <p className={classes.title}>{props.title}</p>
        {props.children !== undefined && <p className={classes.detail}>{props.children}</p>}
      </div>
      {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
    </section>
  )
}
