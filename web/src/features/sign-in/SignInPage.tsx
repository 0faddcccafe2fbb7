import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm, authText } from './AuthFrame.tsx'
import { requireText, validateEmail } from './rules.ts'
import { SecondFactorStep } from './SecondFactorStep.tsx'
import { useEnter } from './use-enter.ts'

export function SignInPage() {
  const { redirect } = useSearch({ from: '/sign-in' })
  const enter = useEnter()
  const [waitsForCode, setWaitsForCode] = useState(false)
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: validateEmail, password: requireText('Enter your password') },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/sign-in', { body: values })),
    (answer) => {
      if ('status' in answer) return setWaitsForCode(true)
      return enter(answer, { to: redirect })
    },
  )
  if (waitsForCode) {
    return (
      <SecondFactorStep
        onDone={(session) => enter(session, { to: redirect })}
        onBack={() => setWaitsForCode(false)}
      />
    )
  }
  return (
    <AuthFrame
      title="Sign in"
      lead={redirect === undefined ? undefined : 'Sign in to continue where you left off.'}
      footer={
        <>
          New here? <Link to="/sign-up">Create an account</Link>
        </>
      }
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
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={pending} fullWidth>
          Sign in
        </Button>
        <p className={authText}>
          <Link to="/forgot-password">Forgot your password?</Link>
        </p>
      </form>
    </AuthFrame>
  )
}
