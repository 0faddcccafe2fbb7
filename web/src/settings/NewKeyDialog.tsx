import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, bodyOf } from '../api/client.ts'
import { keysQuery } from '../api/queries.ts'
import type { NewApiKey } from '../api/types.ts'
import { CopyBlock } from '../ui/Copyable.tsx'
import { FormMessage } from '../ui/FormMessage.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import classes from './Dialog.module.css'

/** Makes a key and then shows it, once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient()
  const [made, setMade] = useState<NewApiKey | null>(null)
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (value) => (value.trim() === '' ? 'Name the key after what uses it' : null) },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => bodyOf(api.POST('/v1/keys', { body: values })),
    async (key) => {
      setMade(key)
      await queryClient.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  )
  if (made) {
    return (
      <Modal opened onClose={onClose} title={`Key ${made.name}`} closeOnClickOutside={false}>
        <p className={classes.text}>Copy the key now: it is kept hashed and is never shown again.</p>
        <CopyBlock value={made.key} what="key" />
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title="New API key">
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="Name"
          description="After what uses it, such as Twilio or Test bench"
          data-autofocus
          maxLength={100}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Make key
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
