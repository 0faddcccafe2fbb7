import { Button, Group, Modal, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Account } from '../../api/types.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { NewPasswordInput, requireText, validatePassword } from '../sign-in/index.ts'
import { sessionsQuery } from './account-queries.ts'

export function ChangePasswordDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { currentPassword: '', password: '' },
    validate: { currentPassword: requireText('Enter your current password'), password: validatePassword },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (body) => api.POST('/v1/account/password', { body }),
    () => {
      toast('Password changed. All other sessions were ended')
      void queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
      onClose()
    },
  )
  return (
    <Modal opened onClose={onClose} title="Change password">
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        {/* Password managers save the new password for this address. */}
        <input type="text" autoComplete="username" value={account.email} readOnly hidden />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          data-autofocus
          required
          withAsterisk={false}
          {...form.getInputProps('currentPassword')}
        />
        <NewPasswordInput owner={account} {...form.getInputProps('password')} value={form.values.password} />
        <p className={classes.quiet}>You stay signed in here. All your other sessions end.</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Change password
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
