import type { ReactNode } from 'react'
import { useId } from 'react'
import classes from './Card.module.css'

/** A section of a page: a box with an optional heading, caption, actions and footer. */
export function Card(props: {
  title?: string
  /** A control beside the heading. */
  beside?: ReactNode
  caption?: ReactNode
  actions?: ReactNode
  footer?: ReactNode
  /** Removes the padding, so that a table reaches the edges. */
  flush?: boolean
  children: ReactNode
}) {
  const headingId = useId()
  return (
    <section className={classes.card} {...(props.title ? { 'aria-labelledby': headingId } : {})}>
      {props.title !== undefined && (
        <div className={classes.header} data-wraps={props.beside !== undefined || undefined}>
          <div className={classes.heading}>
            <div className={classes.titleRow}>
              <h2 id={headingId} className={classes.title}>
                {props.title}
              </h2>
              {props.beside}
            </div>
            {props.caption !== undefined && <p className={classes.caption}>{props.caption}</p>}
          </div>
          {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
        </div>
      )}
      <div className={props.flush ? classes.flush : classes.body}>{props.children}</div>
      {props.footer !== undefined && <div className={classes.footer}>{props.footer}</div>}
    </section>
  )
}
