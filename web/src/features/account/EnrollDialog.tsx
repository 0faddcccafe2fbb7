import { Button, Group, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { SecondFactorEnrollment } from '../../api/types.ts'
import { CopyIcon } from '../../design/ui/Copyable.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { requireText } from '../sign-in/index.ts'
import { sessionQuery } from '../workspace/index.ts'
import { accountQuery } from './account-queries.ts'
import own from './EnrollDialog.module.css'
import { RecoveryCodes } from './RecoveryCodes.tsx'

const QrCode = lazy(() => import('./QrCode.tsx').then(({ QrCode }) => ({ default: QrCode })))

/** Turns the second factor on in three steps: the password, the authenticator app, the recovery codes. */
export function EnrollDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient()
  const [enrollment, setEnrollment] = useState<SecondFactorEnrollment | null>(null)
  const [isOn, setOn] = useState(false)
  const close = () => {
    onClose()
    if (!isOn) return
    void queryClient.invalidateQueries({ queryKey: accountQuery.queryKey })
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  return (
    <Modal
      opened
      onClose={close}
      title="Turn on two-step sign-in"
      // A click beside the dialog must not lose codes that are shown once.
      closeOnClickOutside={enrollment === null}
    >
      {enrollment === null && <EnterPassword onDone={setEnrollment} onCancel={close} />}
      {enrollment !== null && !isOn && (
        <EnterCode uri={enrollment.otpauthUri} onDone={() => setOn(true)} onCancel={close} />
      )}
      {enrollment !== null && isOn && <RecoveryCodes codes={enrollment.recoveryCodes} onDone={close} />}
    </Modal>
  )
}

function EnterPassword(props: {
  onDone: (enrollment: SecondFactorEnrollment) => void
  onCancel: () => void
}) {
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: requireText('Enter your password') },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (body) => readBody(api.POST('/v1/account/second-factor', { body })),
    props.onDone,
  )
  return (
    <form onSubmit={onSubmit} className={classes.form} noValidate>
      <FormMessage message={message} />
      <p className={classes.text}>
        Signing in then takes your password and a code of an authenticator app on your phone, such as Google
        Authenticator, 1Password or Aegis.
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
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={pending}>
          Continue
        </Button>
      </Group>
    </form>
  )
}

function EnterCode({ uri, onDone, onCancel }: { uri: string; onDone: () => void; onCancel: () => void }) {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const form = useForm({ initialValues: { code: '' }, validate: { code: requireText('Enter the code') } })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (body) => api.POST('/v1/account/second-factor/confirm', { body }),
    onDone,
  )
  return (
    <form onSubmit={onSubmit} className={classes.form} noValidate>
      <FormMessage message={message} />
      <p className={classes.text}>Scan this code with your authenticator app.</p>
      <Suspense fallback={<div className={own.placeholder} />}>
        <QrCode text={uri} label="QR code for your authenticator app" />
      </Suspense>
      <p className={classes.quiet}>
        No camera? Enter this key in the app: <code className={own.secret}>{groupInFours(secret)}</code>{' '}
        <CopyIcon value={secret} what="key" />
      </p>
      <TextInput
        label="Code"
        description="The six digits that the app shows now"
        placeholder="123 456"
        inputMode="numeric"
        autoComplete="one-time-code"
        data-autofocus
        required
        withAsterisk={false}
        {...form.getInputProps('code')}
      />
      <p className={classes.quiet}>Turning it on ends all your other sessions.</p>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={pending}>
          Turn on
        </Button>
      </Group>
    </form>
  )
}

const groupInFours = (text: string) => text.match(/.{1,4}/g)?.join(' ') ?? ''
