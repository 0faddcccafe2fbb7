import type { ReactNode } from 'react'
import { type Liveness, useLiveness } from '../../api/liveness.ts'
import classes from './Freshness.module.css'

const labels: Record<Liveness, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Updates every 10 seconds',
}

/** Shows how current the page is, followed by the rest of its caption. */
export function Freshness({ children }: { children: ReactNode }) {
  const liveness = useLiveness()
  return (
    <span className={classes.freshness}>
      <span className={classes.state} data-liveness={liveness}>
        <span className={classes.dot} aria-hidden />
        {labels[liveness]}
      </span>
      <span>{children}</span>
    </span>
  )
}
