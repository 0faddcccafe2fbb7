import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { instant } from '../design/format/instant.ts'
import { workspaceQuery } from '../features/workspace/index.ts'
import classes from './PastDueBanner.module.css'

/** Says on every page that the workspace is suspended, and what that stops. */
export function SuspendedBanner() {
  const workspace = useQuery(workspaceQuery).data
  return (
    <div role="status" className={classes.region}>
      {workspace?.status === 'suspended' && (
        <div className={classes.banner}>
          <IconLock size={16} stroke={1.75} className={classes.icon} aria-hidden />
          <span>
            <strong>This workspace is suspended</strong>
            {workspace.suspendedAt !== null &&
              ` since ${instant(workspace.suspendedAt, 'dateTime', workspace.timeZone)}`}
            {workspace.suspensionReason !== null && `: ${workspace.suspensionReason}`}. New calls are refused,
            and nothing can be changed. Contact the operator of this service.
          </span>
        </div>
      )}
    </div>
  )
}
