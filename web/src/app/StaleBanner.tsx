import { IconPlugConnectedX } from '@tabler/icons-react'
import { useLiveness } from '../api/liveness.ts'
import classes from './StaleBanner.module.css'

/** Says that live updates have stopped, and that the page polls instead. */
export function StaleBanner() {
  const liveness = useLiveness()
  return (
    <div role="status" className={classes.region}>
      {liveness === 'lost' && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={16} stroke={1.75} aria-hidden />
          Live updates are paused. This page refreshes every 10 seconds and will reconnect automatically.
        </div>
      )}
    </div>
  )
}
