import { SegmentedControl, Select } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Delivery, Webhook } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty, Updating } from '../../design/ui/states.tsx'
import { deliveriesQuery } from './alert-queries.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'
import classes from './DeliveryLog.module.css'

const statuses = [
  { value: 'all', label: 'All' },
  { value: 'pending', label: 'Pending' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed' },
] as const

/** The messages to webhooks, newest first, with their responses. */
export function DeliveryLog({ webhooks }: { webhooks: Webhook[] }) {
  const [status, setStatus] = useState<Delivery['status'] | null>(null)
  const [webhookId, setWebhookId] = useState<string | null>(null)
  const deliveries = useInfiniteQuery({
    ...deliveriesQuery({
      channel: 'webhook',
      ...(status !== null && { status }),
      ...(webhookId !== null && { webhookId }),
    }),
    placeholderData: keepPreviousData,
  })
  const filtered = status !== null || webhookId !== null
  return (
    <Card
      title="Messages"
      caption="Sent to webhooks, newest first. Failed messages are retried for two and a half days."
      flush
    >
      <div className={classes.filters}>
        <SegmentedControl
          size="xs"
          data={[...statuses]}
          value={status ?? 'all'}
          onChange={(value) => setStatus(value === 'all' ? null : (value as Delivery['status']))}
          aria-label="Messages to show"
        />
        {webhooks.length > 1 && (
          <Select
            size="xs"
            aria-label="Webhook"
            placeholder="Any webhook"
            data={webhooks.map(({ id, url }) => ({ value: id, label: url }))}
            value={webhookId}
            onChange={setWebhookId}
            clearable
            clearButtonProps={{ 'aria-label': 'Any webhook' }}
            className={classes.webhook ?? ''}
          />
        )}
      </div>
      <PagedList
        query={deliveries}
        what="Messages"
        label="messages"
        empty={
          <Empty
            icon={<IconSend size={22} stroke={1.5} />}
            title={filtered ? 'No matching messages' : 'No messages yet'}
          >
            {filtered ? 'Try another status or webhook.' : 'Send a test message from a webhook’s menu.'}
          </Empty>
        }
      >
        {(items) => (
          <Updating active={deliveries.isPlaceholderData}>
            <DeliveriesTable deliveries={items} withAlert />
          </Updating>
        )}
      </PagedList>
    </Card>
  )
}
