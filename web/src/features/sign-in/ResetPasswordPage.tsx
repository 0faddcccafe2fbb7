import { Button } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { sessionQuery } from '../workspace/index.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { NewPasswordInput } from './NewPasswordInput.tsx'
import { validatePassword } from './rules.ts'
import { useLinkToken } from './use-link-token.ts'

/** Sets a new password by the link of a mail. */
export function ResetPasswordPage() {
  const token = useLinkToken()
  const queryClient = useQueryClient()
  const [isDone, setDone] = useState(false)
  const form = useForm({ initialValues: { password: '' }, validate: { password: validatePassword } })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ password }) => api.POST('/v1/password-resets/complete', { body: { token, password } }),
    () => {
      setDone(true)
      queryClient.setQueryData(sessionQuery.queryKey, null)
    },
  )
  if (isDone) {
    return (
      <AuthFrame
        title="Your password is set"
        lead="All sessions of your account were ended. Sign in with the new password."
      >
        <div className={authForm}>
          <Button renderRoot={(props) => <Link to="/sign-in" {...props} />} fullWidth>
            Sign in
          </Button>
        </div>
      </AuthFrame>
    )
  }
  if (token === '') return <BrokenLink />
  return (
    <AuthFrame
      title="Set a new password"
      lead="This ends all sessions of your account, here and elsewhere."
      footer={<Link to="/forgot-password">Ask for another link</Link>}
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <NewPasswordInput
          owner={{}}
          autoFocus
          {...form.getInputProps('password')}
          value={form.values.password}
        />
        <Button type="submit" loading={pending} fullWidth>
          Set password
        </Button>
      </form>
    </AuthFrame>
  )
}

/** A page whose link has lost its token, for example because a mail program broke it. */
export function BrokenLink() {
  return (
    <AuthFrame
      title="This link is incomplete"
      lead="Copy the whole link from the mail, or ask for a new one."
      footer={<Link to="/sign-in">Back to sign in</Link>}
    >
      <div className={authForm}>
        <Button renderRoot={(props) => <Link to="/forgot-password" {...props} />} fullWidth>
          Ask for a new link
        </Button>
      </div>
    </AuthFrame>
  )
}
