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

const marks: Record<Delivery['status'], { icon: TablerIcon; tone: Tone; word: string }> = {
  pending: { icon: IconClock, tone: 'wait', word: 'On its way' },
  delivered: { icon: IconCircleCheck, tone: 'good', word: 'Delivered' },
  failed: { icon: IconCircleX, tone: 'bad', word: 'Failed' },
}

/** Mails and messages, with what became of them. `withAlert`: they are of several alerts. */
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
          <span className={classes.note}>{channel === 'mail' ? 'By email' : 'By webhook'}</span>
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
      // What waits for its first try is sent soon enough.
      cell: (delivery) =>
        (delivery.status !== 'pending' || delivery.tries > 0) && <SendAgain delivery={delivery} />,
    })
  }
  return (
    <DataTable
      name={withAlert ? 'Messages' : 'Who was told'}
      columns={columns}
      rows={deliveries}
      rowKey={(delivery) => delivery.id}
    />
  )
}

/** How it went, what was answered, and when it is tried again. */
function Status({ delivery, timeZone }: { delivery: Delivery; timeZone: string }) {
  const { status, error, nextTryAt, responseStatus } = delivery
  const { word, ...mark } = marks[status]
  const notes = [
    error ?? (responseStatus === null ? null : `Answered ${responseStatus}`),
    status === 'pending' && nextTryAt !== null && delivery.tries > 0
      ? `Tried again ${instant(nextTryAt, 'dayTime', timeZone)}`
      : null,
  ].filter((note) => note !== null)
  return (
    <>
      <StatusIcon {...mark}>{word}</StatusIcon>
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
      toast(`It is being sent to ${delivery.target} again`)
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
