import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { NewApiKey } from '../../api/types.ts'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { keysQuery } from './settings-queries.ts'

/** Creates a key and shows it once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient()
  const [made, setMade] = useState<NewApiKey | null>(null)
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name' : null) },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/keys', { body: values })),
    async (key) => {
      setMade(key)
      await queryClient.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  )
  if (made) {
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
