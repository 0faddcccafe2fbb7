import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { MailSent } from './MailSent.tsx'
import { validateEmail } from './rules.ts'

const requestReset = (email: string) => readBody(api.POST('/v1/password-resets', { body: { email } }))

export function ForgotPasswordPage() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({ initialValues: { email: '' }, validate: { email: validateEmail } })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ email }) => requestReset(email.trim()),
    ({ email }) => setSentTo(email),
  )
  if (sentTo !== null) {
    return (
      <MailSent
        email={sentTo}
        purpose="set a new password. It works once, for 30 minutes, if the address has an account"
        resend={() => requestReset(sentTo)}
      />
    )
  }
  return (
    <AuthFrame
      title="Forgot your password?"
      lead="Enter your email address. We send you a link to set a new one."
      footer={<Link to="/sign-in">Back to sign in</Link>}
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          {...form.getInputProps('email')}
        />
        <Button type="submit" loading={pending} fullWidth>
          Send the link
        </Button>
      </form>
    </AuthFrame>
  )
}
