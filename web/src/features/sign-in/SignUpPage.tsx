import { Button, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { MailSent } from './MailSent.tsx'
import { NewPasswordInput } from './NewPasswordInput.tsx'
import { requestConfirmation } from './request-confirmation.ts'
import { requireText, validateEmail, validatePassword } from './rules.ts'
import classes from './SignUpPage.module.css'
import { useEnter } from './use-enter.ts'

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone

type Fields = { name: string; email: string; password: string; workspaceName: string }

export function SignUpPage() {
  const enter = useEnter()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm<Fields>({
    initialValues: { name: '', email: '', password: '', workspaceName: '' },
    validate: {
      name: requireText('Enter your name'),
      email: validateEmail,
      password: validatePassword,
      workspaceName: requireText('Enter a workspace name, such as your company’s'),
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/sign-up', { body: { ...values, timeZone: browserZone } })),
    (answer) => {
      if ('status' in answer) return setSentTo(answer.email)
      return enter(answer)
    },
  )
  if (sentTo !== null) {
    return (
      <MailSent
        email={sentTo}
        purpose="confirm that it is yours"
        resend={() => requestConfirmation(sentTo)}
      />
    )
  }
  return (
    <AuthFrame
      title="Create an account"
      lead={
        <>
          Start on the Free plan, credits included. <Link to="/pricing">Compare plans</Link>
        </>
      }
      footer={
        <>
          Have an account? <Link to="/sign-in">Sign in</Link>
        </>
      }
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <AccountFields form={form} />
        <p className={classes.zone}>
          Days and billing cycles use your browser’s time zone,{' '}
          <strong>{browserZone.replaceAll('_', ' ')}</strong>. You can change it in Settings.
        </p>
        <Button type="submit" loading={pending} fullWidth>
          Create account
        </Button>
      </form>
    </AuthFrame>
  )
}

function AccountFields({ form }: { form: UseFormReturnType<Fields> }) {
  return (
    <>
      <TextInput
        label="Your name"
        autoComplete="name"
        autoFocus
        required
        withAsterisk={false}
        {...form.getInputProps('name')}
      />
      <TextInput
        label="Email"
        type="email"
        autoComplete="username"
        required
        withAsterisk={false}
        {...form.getInputProps('email')}
      />
      <NewPasswordInput
        label="Password"
        owner={form.values}
        {...form.getInputProps('password')}
        value={form.values.password}
      />
      <TextInput
        label="Workspace name"
        autoComplete="organization"
        required
        withAsterisk={false}
        {...form.getInputProps('workspaceName')}
      />
    </>
  )
}
