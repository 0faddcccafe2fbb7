import { ActionIcon, Popover } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Failure, SkeletonRows } from '../../design/ui/states.tsx'
import classes from './AlertBell.module.css'
import { AlertItem } from './AlertItem.tsx'
import { alertsKey, alertsQuery, markAlertsRead } from './alert-queries.ts'
import { NoAlerts } from './NoAlerts.tsx'

/** How many of the latest alerts the header shows. */
const SHOWN_MAX = 8

/** The bell in the header: the number of unread alerts, and the latest ones in a popover. Opening it marks them as read. */
export function AlertBell() {
  const [opened, setOpened] = useState(false)
  const queryClient = useQueryClient()
  const alerts = useQuery(alertsQuery)
  const unread = (alerts.data ?? []).filter(({ readAt }) => readAt === null)
  const shown = alerts.data?.slice(0, SHOWN_MAX)

  const change = (open: boolean) => {
    setOpened(open)
    const seen = (shown ?? []).filter(({ readAt }) => readAt === null)
    if (!open || seen.length === 0) return
    // If this fails, they stay unread until the bell is opened again.
    void markAlertsRead(seen.map(({ id }) => id)).then(
      () => queryClient.invalidateQueries({ queryKey: alertsKey }),
      () => {},
    )
  }
  const close = () => setOpened(false)

  return (
    <Popover
      opened={opened}
      onChange={change}
      width="min(24rem, calc(100vw - 1.5rem))"
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
      <Popover.Dropdown className={classes.dropdown} aria-label="Alerts" p={0}>
        <div className={classes.list}>
          <LatestAlerts onFollow={close} />
        </div>
        <div className={classes.links}>
          <Link to="/alerts" onClick={close}>
            All alerts
          </Link>
          <Link to="/settings/alerts" onClick={close}>
            Alert settings
          </Link>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function LatestAlerts({ onFollow }: { onFollow: () => void }) {
  const alerts = useQuery(alertsQuery)
  if (alerts.data === undefined) {
    if (alerts.error === null) return <SkeletonRows count={2} label="alerts" />
    return <Failure what="Alerts" error={alerts.error} onRetry={() => void alerts.refetch()} />
  }
  if (alerts.data.length === 0) return <NoAlerts />
  return (
    <ul className={classes.alerts}>
      {alerts.data.slice(0, SHOWN_MAX).map((alert) => (
        <li key={alert.id}>
          <AlertItem alert={alert} onFollow={onFollow} brief />
        </li>
      ))}
    </ul>
  )
}
