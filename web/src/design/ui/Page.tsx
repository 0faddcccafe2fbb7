import type { ReactNode } from 'react'
import { useEffect } from 'react'
import classes from './Page.module.css'

/**
 * A page's heading with its caption (period, zone, freshness) and actions. The heading can take the focus: it
 * does after a change of page.
 */
export function Page(props: {
  title: string
  documentTitle?: string
  caption?: ReactNode
  actions?: ReactNode
  above?: ReactNode
  children: ReactNode
}) {
  useDocumentTitle(props.documentTitle ?? props.title)
  return (
    <div className={classes.page}>
      {props.above}
      <header className={classes.header}>
        <div className={classes.heading}>
          <h1 tabIndex={-1} className={classes.title}>
            {props.title}
          </h1>
          {props.caption !== undefined && <div className={classes.caption}>{props.caption}</div>}
        </div>
        {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
      </header>
      {props.children}
    </div>
  )
}

/** Names the browser's tab: `Call history · Talktime`. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Talktime`
  }, [title])
}
