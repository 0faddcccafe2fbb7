import { Button, Group, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { requireText } from '../sign-in/index.ts'
import { sessionQuery } from '../workspace/index.ts'
import { accountQuery } from './account-queries.ts'
import { RecoveryCodes } from './RecoveryCodes.tsx'

const texts = {
  codes: {
    title: 'New recovery codes',
    text: 'The recovery codes you have now stop working.',
    button: 'Make new codes',
  },
  off: {
    title: 'Turn off two-step sign-in?',
    text: 'Signing in then takes your password alone. Your recovery codes stop working.',
    button: 'Turn off',
  },
}

/** Asks for the password and a code before the second factor is changed. */
export function ProveDialog({ purpose, onClose }: { purpose: keyof typeof texts; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const form = useForm({
    initialValues: { password: '', code: '' },
    validate: { password: requireText('Enter your password'), code: requireText('Enter the code') },
  })
  const reload = () => {
    void queryClient.invalidateQueries({ queryKey: accountQuery.queryKey })
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const { onSubmit, message, pending } = useSubmit(
    form,
    async ({ password, code }) => {
      const body = { password, ...toProof(code) }
      if (purpose === 'codes') {
        return (await readBody(api.POST('/v1/account/second-factor/recovery-codes', { body }))).recoveryCodes
      }
      await api.POST('/v1/account/second-factor/turn-off', { body })
      return null
    },
    (made) => {
      reload()
      setCodes(made)
      if (made !== null) return
      toast('Two-step sign-in is off')
      onClose()
    },
  )
  const { title, text, button } = texts[purpose]
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={codes === null}>
      {codes !== null ? (
        <RecoveryCodes codes={codes} onDone={onClose} />
      ) : (
        <form onSubmit={onSubmit} className={classes.form} noValidate>
          <FormMessage message={message} />
          <p className={classes.text}>{text}</p>
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            data-autofocus
            required
            withAsterisk={false}
            {...form.getInputProps('password')}
          />
          <TextInput
            label="Code"
            description="From your authenticator app, or a recovery code"
            autoComplete="one-time-code"
            spellCheck={false}
            required
            withAsterisk={false}
            {...form.getInputProps('code')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={purpose === 'off' ? 'red' : 'ink'} loading={pending}>
              {button}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  )
}

/** Codes of the app are six digits; anything else is a recovery code. */
function toProof(text: string): { code: string } | { recoveryCode: string } {
  const digits = text.replaceAll(/\s/g, '')
  return /^\d{6}$/.test(digits) ? { code: digits } : { recoveryCode: text.trim() }
}
