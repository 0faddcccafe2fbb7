import { ActionIcon, Popover } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { workspaceQuery } from '../api/queries.ts'
import type { Alert } from '../api/types.ts'
import { instant } from '../format/instant.ts'
import { Empty, Failure, SkeletonRows } from '../ui/states.tsx'
import classes from './AlertBell.module.css'
import { alertsKey, alertsQuery, markAlertsRead } from './alerts-query.ts'

/** The alerts of the workspace, in the header: how many nobody has read, and the list. */
export function AlertBell() {
  const [opened, setOpened] = useState(false)
  const queryClient = useQueryClient()
  const alerts = useQuery(alertsQuery)
  const unread = (alerts.data ?? []).filter(({ readAt }) => readAt === null)

  const change = (open: boolean) => {
    setOpened(open)
    if (!open || unread.length === 0) return
    // Where it fails they stay unread, and are marked the next time.
    void markAlertsRead(unread.map(({ id }) => id)).then(
      () => queryClient.invalidateQueries({ queryKey: alertsKey }),
      () => {},
    )
  }

  return (
    <Popover
      opened={opened}
      onChange={change}
      width="min(22.5rem, calc(100vw - 1.5rem))"
      position="bottom-end"
      withRoles
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={classes.bell}
          aria-label={unread.length === 0 ? 'Alerts' : `Alerts, ${unread.length} unread`}
          onClick={() => change(!opened)}
        >
          <IconBell size={18} stroke={1.75} aria-hidden />
          {unread.length > 0 && (
            <span className={classes.count} aria-hidden>
              {unread.length}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.list} aria-label="Alerts">
        {alerts.data !== undefined ? (
          <AlertList alerts={alerts.data} onFollow={() => setOpened(false)} />
        ) : alerts.error === null ? (
          <SkeletonRows count={2} label="alerts" />
        ) : (
          <Failure what="Alerts" error={alerts.error} onRetry={() => void alerts.refetch()} />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function AlertList({ alerts, onFollow }: { alerts: Alert[]; onFollow: () => void }) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  if (alerts.length === 0) {
    return (
      <Empty icon={<IconBell size={20} stroke={1.75} />} title="No alerts">
        You hear here, and owners by email, when a card is declined or a plan cannot be renewed.
      </Empty>
    )
  }
  return (
    <ul className={classes.alerts}>
      {alerts.map((alert) => (
        <li key={alert.id} className={classes.alert}>
          <p className={classes.title}>{alert.title}</p>
          <p className={classes.at}>
            <time dateTime={alert.at}>{instant(alert.at, 'dateTime', timeZone)}</time>
          </p>
          <p className={classes.detail}>{alert.detail}</p>
          <Link to={alert.link} onClick={onFollow}>
            Open billing
          </Link>
        </li>
      ))}
    </ul>
  )
}
