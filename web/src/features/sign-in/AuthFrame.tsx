import type { ReactNode } from 'react'
import { Logo } from '../../design/ui/Logo.tsx'
import { useDocumentTitle } from '../../design/ui/Page.tsx'
import classes from './AuthFrame.module.css'

/** The layout of the pages for people who are not signed in. */
export function AuthFrame(props: {
  title: string
  lead?: ReactNode
  children: ReactNode
  footer?: ReactNode
}) {
  useDocumentTitle(props.title)
  return (
    <main className={classes.frame}>
      <div className={classes.column}>
        <div className={classes.brand}>
          <Logo />
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{props.title}</h1>
          {props.lead !== undefined && <p className={classes.lead}>{props.lead}</p>}
          {props.children}
        </div>
        {props.footer !== undefined && <p className={classes.footer}>{props.footer}</p>}
      </div>
    </main>
  )
}

/** The class of a form inside the frame. */
export const authForm = classes.form

/** The class of a quiet paragraph inside the frame. */
export const authText = classes.text
