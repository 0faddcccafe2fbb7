import { IconAlertTriangle } from '@tabler/icons-react'
import classes from './FormMessage.module.css'

/** An error of a form as a whole. Screen readers read it when it appears. */
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
