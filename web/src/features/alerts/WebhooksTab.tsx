import { Button } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { Webhook } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows } from '../../design/ui/states.tsx'
import { FeatureRequired } from '../pricing/index.ts'
import { mayManage, ReadOnlyNote, useMembership, workspaceQuery } from '../workspace/index.ts'
import { webhooksQuery } from './alert-queries.ts'
import { DeliveryLog } from './DeliveryLog.tsx'
import { WebhookDialog } from './WebhookDialog.tsx'
import { WebhooksTable } from './WebhooksTable.tsx'

/** The workspace's webhooks and the messages sent to them. */
export function WebhooksTab() {
  const webhooks = useQuery(webhooksQuery)
  const manages = mayManage(useMembership().workspace.role)
  const plan = useQuery(workspaceQuery).data?.plan
  const inPlan = plan && plan.features.alertWebhooks === true
  const [edited, setEdited] = useState<Webhook | 'new' | null>(null)
  const reasonId = useId()
  return (
    <>
      <ReadOnlyNote what="add, edit or test webhooks" />
      {inPlan === false && <FeatureRequired id={reasonId} feature="alertWebhooks" what="Alerts by webhook" />}
      {inPlan === false && (webhooks.data?.length ?? 0) > 0 && (
        <p style={{ margin: 0 }}>
          Your webhooks are kept, but get no messages until your plan includes them again.
        </p>
      )}
      <Card
        title="Webhooks"
        caption={
          <>
            Alerts sent to your own systems as signed messages (Standard Webhooks).{' '}
            <a href="/docs">API reference</a>
          </>
        }
        actions={
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={!manages || inPlan !== true}
            {...(inPlan === false ? { 'aria-describedby': reasonId } : {})}
            onClick={() => setEdited('new')}
          >
            New webhook
          </Button>
        }
        flush
      >
        <Loaded query={webhooks} what="Webhooks" skeleton={<SkeletonRows count={2} label="webhooks" />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={<IconWebhook size={22} stroke={1.5} />} title="No webhooks yet">
                A webhook tells your own systems when credits run low or out, a card is declined or a campaign
                pauses.
              </Empty>
            ) : (
              <WebhooksTable webhooks={list} manages={manages} inPlan={inPlan === true} onEdit={setEdited} />
            )
          }
        </Loaded>
      </Card>
      {(webhooks.data?.length ?? 0) > 0 && <DeliveryLog webhooks={webhooks.data ?? []} />}
      {edited !== null && (
        <WebhookDialog {...(edited === 'new' ? {} : { webhook: edited })} onClose={() => setEdited(null)} />
      )}
    </>
  )
}
