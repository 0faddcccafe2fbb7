import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Alert } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './AlertItem.module.css'
import { kinds, labelLink } from './alert-kinds.ts'

/** One alert: what happened, when, and what to do. `brief` is its form in the header. */
export function AlertItem(props: {
  alert: Alert
  brief?: boolean
  onFollow?: () => void
  /** Shown beside the link. */
  actions?: ReactNode
}) {
  const { alert } = props
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const { icon: Icon, tone } = kinds[alert.kind]
  return (
    <div className={classes.alert} data-brief={props.brief || undefined}>
      <Icon size={18} stroke={1.75} className={classes.icon} data-tone={tone} aria-hidden />
      <div className={classes.text}>
        <p className={classes.title}>
          {alert.title} {alert.readAt === null && !props.brief && <span className={classes.new}>New</span>}
        </p>
        <p className={classes.at}>
          <time dateTime={alert.at}>{instant(alert.at, 'dateTime', timeZone)}</time>
        </p>
        <p className={classes.detail}>{alert.detail}</p>
        <div className={classes.actions}>
          <Link to={alert.link} onClick={() => props.onFollow?.()}>
            {labelLink(alert.link)}
          </Link>
          {props.actions}
        </div>
      </div>
    </div>
  )
}
