import { Button, Checkbox, Group, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { AlertKind, Webhook, WebhookWithSecret } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { kindGroups, kinds } from './alert-kinds.ts'
import { alertsKey } from './alert-queries.ts'
import classes from './Dialog.module.css'
import { SecretDialog } from './SecretDialog.tsx'

type Fields = { url: string; every: boolean; kinds: AlertKind[] }

/** Adds a webhook and shows its secret once, or edits one. */
export function WebhookDialog({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const { form, made, onSubmit, message, pending } = useWebhookForm(webhook, onClose)
  if (made) return <SecretDialog webhook={made} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title={webhook ? 'Edit webhook' : 'New webhook'}>
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="URL"
          description="A public https address. Messages are sent with POST."
          placeholder="https://"
          type="url"
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          maxLength={2048}
          {...form.getInputProps('url')}
        />
        <SegmentedControl
          data={[
            { value: 'every', label: 'All alerts' },
            { value: 'some', label: 'Selected kinds' },
          ]}
          value={form.values.every ? 'every' : 'some'}
          onChange={(value) => form.setFieldValue('every', value === 'every')}
          aria-label="Alerts to send"
        />
        {form.values.every ? (
          <p className={classes.text}>Includes kinds of alerts added in the future.</p>
        ) : (
          <KindChoice form={form} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {webhook ? 'Save' : 'Add webhook'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

/** Holds and saves the form. `made` is a new webhook with its secret. */
function useWebhookForm(webhook: Webhook | undefined, onSaved: () => void) {
  const queryClient = useQueryClient()
  const [made, setMade] = useState<WebhookWithSecret | null>(null)
  const form = useForm<Fields>({
    initialValues: {
      url: webhook?.url ?? '',
      every: webhook === undefined || webhook.kinds === null,
      kinds: [...(webhook?.kinds ?? [])],
    },
    validate: {
      url: (url) => (url.trim() === '' ? 'Enter a URL, such as https://example.com/talktime' : null),
      kinds: (chosen, { every }) => (every || chosen.length > 0 ? null : 'Choose at least one kind'),
    },
  })
  const submission = useSubmit(
    form,
    async (values) => {
      const body = { url: values.url.trim(), kinds: values.every ? null : values.kinds }
      if (webhook === undefined) return readBody(api.POST('/v1/webhooks', { body }))
      await readBody(api.PATCH('/v1/webhooks/{id}', { params: { path: { id: webhook.id } }, body }))
      return null
    },
    async (answer) => {
      await queryClient.invalidateQueries({ queryKey: alertsKey })
      if (answer !== null) return setMade(answer)
      toast('Webhook saved')
      onSaved()
    },
  )
  return { form, made, ...submission }
}

function KindChoice({ form }: { form: UseFormReturnType<Fields> }) {
  return (
    <Checkbox.Group
      aria-label="Kinds of alerts"
      value={form.values.kinds}
      onChange={(chosen) => form.setFieldValue('kinds', chosen as AlertKind[])}
      error={form.errors.kinds}
    >
      <div className={classes.groups}>
        {kindGroups.map((group) => (
          <div key={group.name} className={classes.group}>
            <span className={classes.groupName}>{group.name}</span>
            <div className={classes.choices}>
              {group.kinds.map((kind) => (
                <Checkbox key={kind} value={kind} label={kinds[kind].name} />
              ))}
            </div>
          </div>
        ))}
      </div>
    </Checkbox.Group>
  )
}
