import { Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { NewInvitation, Role } from '../../api/types.ts'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { validateEmail } from '../sign-in/index.ts'
import { listRoleOptions } from './roles.ts'
import { invitationsQuery } from './settings-queries.ts'

/** Creates an invitation and shows its link once. */
export function InviteDialog({ mayInviteOwner, onClose }: { mayInviteOwner: boolean; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [made, setMade] = useState<NewInvitation | null>(null)
  const form = useForm<{ email: string; role: Role }>({
    initialValues: { email: '', role: 'member' },
    validate: { email: validateEmail },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/invitations', { body: { ...values, email: values.email.trim() } })),
    async (invitation) => {
      setMade(invitation)
      await queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey })
    },
  )
  if (made) {
    return (
      <Modal opened onClose={onClose} title={`Invitation for ${made.email}`}>
        <div className={classes.form}>
          <p className={classes.text}>
            Send this link to {made.email}. It works once, and is not shown again.
          </p>
          <CopyBlock value={new URL(made.url, location.origin).href} what="link" />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </div>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title="Invite a member">
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="Email"
          type="email"
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <Select
          label="Role"
          description="Admins manage everything except owners. Members have read access."
          data={listRoleOptions(mayInviteOwner)}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Create invitation link
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
