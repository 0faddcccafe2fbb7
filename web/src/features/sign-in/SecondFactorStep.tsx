import { Anchor, Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Session } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { requireText } from './rules.ts'

/** The second step of signing in: a code of the authenticator app, or a recovery code. */
export function SecondFactorStep(props: {
  onDone: (session: Session) => void | Promise<void>
  onBack: () => void
}) {
  const [usesRecovery, setUsesRecovery] = useState(false)
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: requireText(usesRecovery ? 'Enter a recovery code' : 'Enter the code') },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ code }) =>
      readBody(
        api.POST('/v1/sign-in/second-factor', { body: usesRecovery ? { recoveryCode: code } : { code } }),
      ),
    props.onDone,
  )
  const switchKind = () => {
    setUsesRecovery(!usesRecovery)
    form.reset()
  }
  return (
    <AuthFrame
      title="Two-step sign-in"
      lead={
        usesRecovery
          ? 'Enter one of the recovery codes you saved. Each works once.'
          : 'Enter the six digits that your authenticator app shows for Talktime.'
      }
      footer={
        <Anchor component="button" type="button" onClick={props.onBack}>
          Start again
        </Anchor>
      }
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <TextInput
          key={usesRecovery ? 'recovery' : 'app'}
          label={usesRecovery ? 'Recovery code' : 'Code'}
          placeholder={usesRecovery ? 'abcde-fghij' : '123 456'}
          inputMode={usesRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          autoFocus
          required
          withAsterisk={false}
          spellCheck={false}
          {...form.getInputProps('code')}
        />
        <Button type="submit" loading={pending} fullWidth>
          Sign in
        </Button>
        <Button variant="subtle" color="gray" fullWidth onClick={switchKind}>
          {usesRecovery ? 'Use the authenticator app' : 'Use a recovery code'}
        </Button>
      </form>
    </AuthFrame>
  )
}
