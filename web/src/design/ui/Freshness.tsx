import type { ReactNode } from 'react'
import { type Liveness, useLiveness } from '../../api/liveness.ts'
import classes from './Freshness.module.css'

const words: Record<Liveness, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Every 10 seconds',
}

/** How current a page is, before the rest of its caption. */
export function Freshness({ children }: { children: ReactNode }) {
  const liveness = useLiveness()
  return (
    <span className={classes.freshness}>
      <span className={classes.state} data-liveness={liveness}>
        <span className={classes.dot} aria-hidden />
        {words[liveness]}
      </span>
      <span>{children}</span>
    </span>
  )
}
