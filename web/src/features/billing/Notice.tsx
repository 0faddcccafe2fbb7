import type { ReactNode } from 'react'
import classes from './Notice.module.css'

/** Something at the top of the page that waits for somebody, with what can be done about it. */
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
