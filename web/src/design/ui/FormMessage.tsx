import { IconAlertTriangle } from '@tabler/icons-react'
import classes from './FormMessage.module.css'

/** What went wrong with a form as a whole; read out when it appears. */
export function FormMessage({ message }: { message: string | null }) {
  return (
    <div role="alert">
      {message !== null && (
        <div className={classes.message}>
          <IconAlertTriangle size={18} stroke={1.75} className={classes.icon} aria-hidden />
          {message}
        </div>
      )}
    </div>
  )
}
