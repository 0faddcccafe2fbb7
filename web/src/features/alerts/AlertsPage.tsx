import { Button, SegmentedControl } from '@mantine/core'
import { IconChecks, IconMailOpened, IconSettings } from '@tabler/icons-react'
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { asProblem } from '../../api/problem.ts'
import type { Alert } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty, Updating } from '../../design/ui/states.tsx'
import { toast } from '../../design/ui/toast.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { AlertDeliveries } from './AlertDeliveries.tsx'
import { AlertItem } from './AlertItem.tsx'
import classes from './AlertsPage.module.css'
import { alertPagesQuery, alertsKey, alertsQuery, markAlertsRead } from './alert-queries.ts'
import { NoAlerts } from './NoAlerts.tsx'

/** All alerts, newest first, with what to do about them and their deliveries. */
export function AlertsPage() {
  const { unread } = useSearch({ from: '/shell/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const alerts = useInfiniteQuery({ ...alertPagesQuery(unread === true), placeholderData: keepPreviousData })
  return (
    <Page
      title="Alerts"
      caption={<Freshness>{timeZone === undefined ? '' : zoneInWords(timeZone)}</Freshness>}
      actions={<PageActions />}
    >
      <div>
        <SegmentedControl
          size="xs"
          data={[
            { value: 'all', label: 'All' },
            { value: 'unread', label: 'Unread' },
          ]}
          value={unread ? 'unread' : 'all'}
          onChange={(value) =>
            void navigate({ search: value === 'unread' ? { unread: true } : {}, replace: true })
          }
          aria-label="Alerts to show"
        />
      </div>
      <Card flush>
        <PagedList
          query={alerts}
          what="Alerts"
          label="alerts"
          empty={
            unread ? (
              <Empty icon={<IconMailOpened size={22} stroke={1.5} />} title="No unread alerts" />
            ) : (
              <NoAlerts />
            )
          }
        >
          {(items) => (
            <Updating active={alerts.isPlaceholderData}>
              <ul className={classes.alerts}>
                {items.map((alert) => (
                  <li
                    key={alert.id}
                    className={classes.alert}
                    data-unread={alert.readAt === null || undefined}
                  >
                    <AlertItem alert={alert} actions={<ReadButton alert={alert} />} />
                    <AlertDeliveries alert={alert} />
                  </li>
                ))}
              </ul>
            </Updating>
          )}
        </PagedList>
      </Card>
    </Page>
  )
}

function PageActions() {
  const someUnread = useQuery(alertsQuery).data?.some(({ readAt }) => readAt === null) === true
  const marking = useMarkRead()
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconSettings size={16} stroke={1.75} aria-hidden />}
        renderRoot={(props) => <Link to="/settings/alerts" {...props} />}
      >
        Alert settings
      </Button>
      <Button
        variant="default"
        leftSection={<IconChecks size={16} stroke={1.75} aria-hidden />}
        disabled={!someUnread}
        loading={marking.isPending}
        onClick={() => marking.mutate(undefined)}
      >
        Mark all as read
      </Button>
    </>
  )
}

/** Marks alerts as read for everyone in the workspace: these, or all. */
function useMarkRead() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[] | undefined) => markAlertsRead(ids),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
    onError: (error) => toast(asProblem(error).message),
  })
}

function ReadButton({ alert }: { alert: Alert }) {
  const marking = useMarkRead()
  if (alert.readAt !== null) return null
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      loading={marking.isPending}
      onClick={() => marking.mutate([alert.id])}
      aria-label={`Mark as read: ${alert.title}`}
    >
      Mark as read
    </Button>
  )
}
