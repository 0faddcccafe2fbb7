import { Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { DAY_MS } from '@talktime/core/time/durations'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { KeyScope, NewApiKey } from '../../api/types.ts'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { ScopesField } from './ScopesField.tsx'
import { keysQuery } from './settings-queries.ts'

const lifetimes = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

type NewKey = { name: string; scopes: KeyScope[]; expiresInDays: string }

/** Creates a key and shows it once. */
export function NewKeyDialog(props: { mayReportCalls: boolean; onClose: () => void }) {
  const { mayReportCalls, onClose } = props
  const queryClient = useQueryClient()
  const [made, setMade] = useState<NewApiKey | null>(null)
  const form = useForm<NewKey>({
    initialValues: {
      name: '',
      scopes: mayReportCalls ? ['read', 'calls:start', 'calls:report'] : ['read', 'calls:start'],
      expiresInDays: '',
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      scopes: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ expiresInDays, ...values }) =>
      readBody(api.POST('/v1/keys', { body: { ...values, ...expiryOf(expiresInDays) } })),
    async (key) => {
      setMade(key)
      await queryClient.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  )
  if (made) return <MadeKey made={made} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title="New API key">
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="Name"
          description="What will use the key, such as Twilio or Staging"
          data-autofocus
          maxLength={100}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <ScopesField
          value={form.values.scopes}
          onChange={(scopes) => form.setFieldValue('scopes', scopes)}
          error={form.errors.scopes}
          mayReportCalls={mayReportCalls}
        />
        <Select
          label="Expires"
          data={lifetimes}
          allowDeselect={false}
          {...form.getInputProps('expiresInDays')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Create key
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function MadeKey({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={`Key ${made.name}`} closeOnClickOutside={false}>
      <div className={classes.form}>
        <p className={classes.text}>Copy the key now. You will not be able to see it again.</p>
        <CopyBlock value={made.key} what="key" />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </div>
    </Modal>
  )
}

function expiryOf(days: string): { expiresAt?: string } {
  return days === '' ? {} : { expiresAt: new Date(serverNow() + Number(days) * DAY_MS).toISOString() }
}
