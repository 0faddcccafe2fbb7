import { Button, Group, Modal, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { requireText } from '../sign-in/index.ts'
import { sessionQuery } from '../workspace/index.ts'

export function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient()
  const router = useRouter()
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: requireText('Enter your password') },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (body) => api.POST('/v1/account/delete', { body }),
    async () => {
      chooseWorkspace(null)
      await router.navigate({ href: '/sign-in' })
      queryClient.clear()
      queryClient.setQueryData(sessionQuery.queryKey, null)
    },
  )
  return (
    <Modal opened onClose={onClose} title="Delete your account?">
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <p className={classes.text}>
          Your sessions, your API keys and your memberships end at once. A voice stack that uses one of your
          keys can no longer start calls. This cannot be undone.
        </p>
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          data-autofocus
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={pending}>
            Delete my account
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
