import { ActionIcon, Menu } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Webhook, WebhookWithSecret } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { toast } from '../../design/ui/toast.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { kinds } from './alert-kinds.ts'
import { alertsKey } from './alert-queries.ts'
import { SecretDialog } from './SecretDialog.tsx'
import classes from './WebhooksTable.module.css'

/** The action that needs confirmation. */
type Asked = { webhook: Webhook; about: 'rotate' | 'remove' }

export function WebhooksTable(props: {
  webhooks: Webhook[]
  manages: boolean
  inPlan: boolean
  onEdit: (webhook: Webhook) => void
}) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const queryClient = useQueryClient()
  const reload = () => queryClient.invalidateQueries({ queryKey: alertsKey })
  const [asked, setAsked] = useState<Asked | null>(null)
  const [rotated, setRotated] = useState<WebhookWithSecret | null>(null)
  const columns = makeColumns(timeZone)
  if (props.manages) {
    columns.push({
      label: 'Actions',
      actions: true,
      cell: (webhook) => (
        <WebhookMenu
          webhook={webhook}
          inPlan={props.inPlan}
          onEdit={() => props.onEdit(webhook)}
          onAsk={(about) => setAsked({ webhook, about })}
        />
      ),
    })
  }
  const path = asked && { path: { id: asked.webhook.id } }
  return (
    <>
      <DataTable name="Webhooks" columns={columns} rows={props.webhooks} rowKey={({ id }) => id} />
      {asked?.about === 'rotate' && path && (
        <Confirm
          title="Create a new secret?"
          button="Create new secret"
          act={() => readBody(api.POST('/v1/webhooks/{id}/rotate-secret', { params: path }))}
          onDone={(made) => {
            setAsked(null)
            setRotated(made)
            void reload()
          }}
          onClose={() => setAsked(null)}
        >
          Messages to {asked.webhook.url} will be signed with the new secret and, for 24 hours, also with the
          old one. Replace the secret in your system within that time.
        </Confirm>
      )}
      {asked?.about === 'remove' && path && (
        <Confirm
          title="Remove this webhook?"
          button="Remove webhook"
          act={() => api.DELETE('/v1/webhooks/{id}', { params: path })}
          onDone={() => {
            setAsked(null)
            toast('Webhook removed')
            void reload()
          }}
          onClose={() => setAsked(null)}
        >
          {asked.webhook.url} will get no more messages, including pending ones. Past messages stay in the
          log.
        </Confirm>
      )}
      {rotated && <SecretDialog webhook={rotated} onClose={() => setRotated(null)} />}
    </>
  )
}

function makeColumns(timeZone: string): Column<Webhook>[] {
  return [
    {
      label: 'URL',
      head: true,
      cell: ({ url }) => <span className={classes.url}>{url}</span>,
    },
    { label: 'Alerts', width: '12rem', cell: ({ kinds }) => describeKinds(kinds) },
    { label: 'Status', width: '14rem', cell: (webhook) => <Status webhook={webhook} timeZone={timeZone} /> },
    {
      label: 'Last message',
      width: '11rem',
      cell: (webhook) => <LastMessage webhook={webhook} timeZone={timeZone} />,
    },
  ]
}

function describeKinds(chosen: Webhook['kinds']): string {
  if (chosen === null) return 'All alerts'
  const [first] = chosen
  if (first !== undefined && chosen.length === 1) return kinds[first].name
  return `${chosen.length} kinds of alerts`
}

function Status({ webhook, timeZone }: { webhook: Webhook; timeZone: string }) {
  const { enabled, disabledReason, previousSecretUntil } = webhook
  const overlaps = previousSecretUntil !== null && Date.parse(previousSecretUntil) > Date.now()
  return (
    <>
      {enabled ? (
        <StatusIcon icon={IconCircleCheck} tone="good">
          On
        </StatusIcon>
      ) : (
        <StatusIcon
          icon={disabledReason === null ? IconPlayerPause : IconAlertTriangle}
          tone={disabledReason === null ? 'plain' : 'bad'}
        >
          Off
        </StatusIcon>
      )}
      {disabledReason !== null && <span className={classes.note}>{disabledReason}</span>}
      {overlaps && (
        <span className={classes.note}>
          The old secret also works until {instant(previousSecretUntil, 'dayTime', timeZone)}
        </span>
      )}
    </>
  )
}

function LastMessage({ webhook, timeZone }: { webhook: Webhook; timeZone: string }) {
  const { lastDeliveryAt, lastStatus, lastResponseStatus } = webhook
  if (lastDeliveryAt === null) return <span className={classes.none}>None yet</span>
  const response = lastResponseStatus === null ? '' : `, response ${lastResponseStatus}`
  return (
    <>
      <time dateTime={lastDeliveryAt}>{instant(lastDeliveryAt, 'dayTime', timeZone)}</time>
      <span className={classes.note}>
        {lastStatus === 'delivered' ? 'Delivered' : 'Failed'}
        {response}
      </span>
    </>
  )
}

function WebhookMenu(props: {
  webhook: Webhook
  inPlan: boolean
  onEdit: () => void
  onAsk: (about: Asked['about']) => void
}) {
  const { webhook, inPlan } = props
  const queryClient = useQueryClient()
  const path = { path: { id: webhook.id } }
  const reload = () => queryClient.invalidateQueries({ queryKey: alertsKey })
  const onError = (error: Error) => toast(asProblem(error).message)
  const change = useMutation({
    mutationFn: () =>
      readBody(api.PATCH('/v1/webhooks/{id}', { params: path, body: { enabled: !webhook.enabled } })),
    onSuccess: async ({ enabled }) => {
      await reload()
      toast(enabled ? 'Webhook turned on' : 'Webhook turned off')
    },
    onError,
  })
  const test = useMutation({
    mutationFn: () => readBody(api.POST('/v1/webhooks/{id}/test', { params: path })),
    onSuccess: async () => {
      await reload()
      toast('Test message sent. See the result in the log below.')
    },
    onError,
  })
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true }
  return (
    <Menu width={210}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for ${webhook.url}`}
          loading={change.isPending || test.isPending}
        >
          <IconDots {...icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconSend {...icon} />} disabled={!inPlan} onClick={() => test.mutate()}>
          Send test message
        </Menu.Item>
        <Menu.Item leftSection={<IconPencil {...icon} />} disabled={!inPlan} onClick={props.onEdit}>
          Edit
        </Menu.Item>
        <Menu.Item
          leftSection={webhook.enabled ? <IconPlayerPause {...icon} /> : <IconPlayerPlay {...icon} />}
          disabled={!inPlan && !webhook.enabled}
          onClick={() => change.mutate()}
        >
          {webhook.enabled ? 'Turn off' : 'Turn on'}
        </Menu.Item>
        <Menu.Item leftSection={<IconRefresh {...icon} />} onClick={() => props.onAsk('rotate')}>
          New secret…
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...icon} />} color="red" onClick={() => props.onAsk('remove')}>
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
