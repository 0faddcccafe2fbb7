import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { api, readBody } from '../../api/client.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { filled, looksLikeEmail, newPassword, passwordLengthMin } from './rules.ts'
import classes from './SignUpPage.module.css'
import { useEnter } from './use-enter.ts'

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone

export function SignUpPage() {
  const enter = useEnter()
  const form = useForm({
    initialValues: { name: '', email: '', password: '', workspaceName: '' },
    validate: {
      name: filled('Enter your name'),
      email: looksLikeEmail,
      password: newPassword,
      workspaceName: filled('Name the workspace, after your company for example'),
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/sign-up', { body: { ...values, timeZone: browserZone } })),
    (session) => enter(session),
  )
  return (
    <AuthFrame
      title="Create an account"
      lead={
        <>
          You start on the Free plan, with its credits at once. <Link to="/pricing">Compare plans</Link>
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
        <PasswordInput
          label="Password"
          description={`At least ${passwordLengthMin} characters`}
          autoComplete="new-password"
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
        />
        <TextInput
          label="Workspace name"
          autoComplete="organization"
          required
          withAsterisk={false}
          {...form.getInputProps('workspaceName')}
        />
        <p className={classes.zone}>
          Days and billing cycles follow <strong>{browserZone.replaceAll('_', ' ')}</strong>, your browser’s
          time zone. Settings can change it.
        </p>
        <Button type="submit" loading={pending} fullWidth>
          Create account
        </Button>
      </form>
    </AuthFrame>
  )
}
