import { Button, Loader, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm, authText } from './AuthFrame.tsx'
import { BrokenLink } from './ResetPasswordPage.tsx'
import { requireText } from './rules.ts'
import { useEnter } from './use-enter.ts'
import { useLinkToken } from './use-link-token.ts'

/** Confirms an email address by the link of a mail: at once in the browser that signed up, elsewhere with the password. */
export function ConfirmEmailPage() {
  const token = useLinkToken()
  const enter = useEnter()
  const asked = useRef(false)
  const confirm = useMutation({
    mutationFn: () => readBody(api.POST('/v1/email-confirmations/confirm', { body: { token } })),
    onSuccess: (session) => enter(session),
  })
  useEffect(() => {
    if (asked.current || token === '') return
    asked.current = true
    confirm.mutate()
  }, [token, confirm])

  if (token === '') return <BrokenLink />
  if (confirm.error === null) {
    return (
      <AuthFrame title="Confirming your email address">
        <Loader mt="md" size="sm" aria-label="Confirming" />
      </AuthFrame>
    )
  }
  const problem = asProblem(confirm.error)
  if (problem.code === 'password_required') return <EnterPassword token={token} detail={problem.message} />
  return (
    <AuthFrame
      title={
        problem.code === 'email_already_confirmed' ? 'Already confirmed' : 'The address is not confirmed'
      }
      lead={problem.message}
    >
      <div className={authForm}>
        <Button renderRoot={(props) => <Link to="/sign-in" {...props} />} fullWidth>
          Sign in
        </Button>
        {problem.code !== 'email_already_confirmed' && (
          <p className={authText}>
            Signing in with the right password sends the mail again, if the address still waits for it.
          </p>
        )}
      </div>
    </AuthFrame>
  )
}

function EnterPassword({ token, detail }: { token: string; detail: string }) {
  const enter = useEnter()
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: requireText('Enter your password') },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ password }) => readBody(api.POST('/v1/email-confirmations/confirm', { body: { token, password } })),
    (session) => enter(session),
  )
  return (
    <AuthFrame
      title="Confirm your email address"
      lead={detail}
      footer={
        <>
          Did not sign up, or forgot it? <Link to="/forgot-password">Set a new password</Link>
        </>
      }
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          autoFocus
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={pending} fullWidth>
          Confirm and sign in
        </Button>
      </form>
    </AuthFrame>
  )
}
