import type { ReactNode } from 'react'
import { useEffect } from 'react'
import classes from './Page.module.css'

/**
 * The layout of a page: heading, caption (period, time zone, freshness), actions and content. The heading can take the
 * focus, which moves there after navigation.
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

/** Sets the title of the browser tab: `Call history · Talktime`. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Talktime`
  }, [title])
}
