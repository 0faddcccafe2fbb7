import { Button } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconClock, type Icon as TablerIcon } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Delivery } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'
import { toast } from '../../design/ui/toast.ts'
import { mayManage, useMembership, workspaceQuery } from '../workspace/index.ts'
import { alertsKey } from './alert-queries.ts'
import classes from './DeliveriesTable.module.css'

const icons: Record<Delivery['status'], { icon: TablerIcon; tone: Tone; label: string }> = {
  pending: { icon: IconClock, tone: 'wait', label: 'Pending' },
  delivered: { icon: IconCircleCheck, tone: 'good', label: 'Delivered' },
  failed: { icon: IconCircleX, tone: 'bad', label: 'Failed' },
}

/** Emails and webhook messages with their status. `withAlert` adds the alert that each belongs to. */
export function DeliveriesTable({ deliveries, withAlert }: { deliveries: Delivery[]; withAlert?: boolean }) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const manages = mayManage(useMembership().workspace.role)
  const alert: Column<Delivery> = {
    label: 'Alert',
    head: true,
    cell: ({ alertTitle }) => alertTitle ?? 'Test message',
  }
  const columns: Column<Delivery>[] = [
    ...(withAlert ? [alert] : []),
    {
      label: 'To',
      ...(withAlert ? {} : { head: true }),
      cell: ({ channel, target }) => (
        <>
          <span className={classes.target}>{target}</span>
          <span className={classes.note}>{channel === 'mail' ? 'Email' : 'Webhook'}</span>
        </>
      ),
    },
    {
      label: 'Status',
      cell: (delivery) => <Status delivery={delivery} timeZone={timeZone} />,
    },
    {
      label: 'Last try',
      width: '10rem',
      cell: ({ lastTriedAt, tries }) =>
        lastTriedAt === null ? (
          'Not yet'
        ) : (
          <>
            <time dateTime={lastTriedAt}>{instant(lastTriedAt, 'dayTime', timeZone)}</time>
            <span className={classes.note}>{tries === 1 ? '1 try' : `${tries} tries`}</span>
          </>
        ),
    },
  ]
  if (manages) {
    columns.push({
      label: 'Send again',
      actions: true,
      // The first try is made right away and needs no button.
      cell: (delivery) =>
        (delivery.status !== 'pending' || delivery.tries > 0) && <SendAgain delivery={delivery} />,
    })
  }
  return (
    <DataTable
      name={withAlert ? 'Messages' : 'Deliveries'}
      columns={columns}
      rows={deliveries}
      rowKey={(delivery) => delivery.id}
    />
  )
}

/** The delivery's status, the response, and when it is retried. */
function Status({ delivery, timeZone }: { delivery: Delivery; timeZone: string }) {
  const { status, error, nextTryAt, responseStatus } = delivery
  const { label, ...icon } = icons[status]
  const notes = [
    error ?? (responseStatus === null ? null : `Response ${responseStatus}`),
    status === 'pending' && nextTryAt !== null && delivery.tries > 0
      ? `Retry ${instant(nextTryAt, 'dayTime', timeZone)}`
      : null,
  ].filter((note) => note !== null)
  return (
    <>
      <StatusIcon {...icon}>{label}</StatusIcon>
      {notes.map((note) => (
        <span key={note} className={classes.note}>
          {note}
        </span>
      ))}
    </>
  )
}

function SendAgain({ delivery }: { delivery: Delivery }) {
  const queryClient = useQueryClient()
  const sending = useMutation({
    mutationFn: () =>
      readBody(api.POST('/v1/deliveries/{id}/resend', { params: { path: { id: delivery.id } } })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [...alertsKey, 'deliveries'] })
      toast(`Sending to ${delivery.target} again`)
    },
    onError: (error) => toast(asProblem(error).message),
  })
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={sending.isPending}
      onClick={() => sending.mutate()}
      aria-label={`Send again to ${delivery.target}`}
    >
      Send again
    </Button>
  )
}
