import { IconPlugConnectedX } from '@tabler/icons-react'
import { useLiveness } from '../api/liveness.ts'
import classes from './StaleBanner.module.css'

/** Says that the live connection is gone and what happens instead. */
export function StaleBanner() {
  const liveness = useLiveness()
  return (
    <div role="status" className={classes.region}>
      {liveness === 'lost' && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={16} stroke={1.75} aria-hidden />
          Live updates have stopped. The page asks for numbers every 10 seconds and reconnects by itself.
        </div>
      )}
    </div>
  )
}
