import { Button, Group } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { Account } from '../../api/types.ts'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { EnrollDialog } from './EnrollDialog.tsx'
import { ProveDialog } from './ProveDialog.tsx'

const names = new Intl.ListFormat('en')

/** The setting for the second factor: on, off, and new recovery codes. */
export function SecondFactorRow({ account }: { account: Account }) {
  const { enabled, recoveryCodesLeft, requiredBy } = account.secondFactor
  const [dialog, setDialog] = useState<'enroll' | 'codes' | 'off' | null>(null)
  const close = () => setDialog(null)
  return (
    <SettingsRow name="Two-step sign-in" note={describeState(account)}>
      {enabled ? (
        <>
          <StatusIcon icon={IconShieldCheck} tone="good">
            On, {recoveryCodesLeft === 1 ? '1 recovery code' : `${recoveryCodesLeft} recovery codes`} left
          </StatusIcon>
          <Group gap="xs" mt="sm">
            <Button variant="default" size="xs" onClick={() => setDialog('codes')}>
              New recovery codes
            </Button>
            <Button
              variant="default"
              size="xs"
              disabled={requiredBy.length > 0}
              onClick={() => setDialog('off')}
            >
              Turn off
            </Button>
          </Group>
        </>
      ) : (
        <>
          <StatusIcon icon={IconShieldOff} tone={requiredBy.length > 0 ? 'warn' : 'plain'}>
            Off
          </StatusIcon>
          <Group mt="sm">
            <Button variant="default" size="xs" onClick={() => setDialog('enroll')}>
              Turn on
            </Button>
          </Group>
        </>
      )}
      {dialog === 'enroll' && <EnrollDialog onClose={close} />}
      {dialog === 'codes' && <ProveDialog purpose="codes" onClose={close} />}
      {dialog === 'off' && <ProveDialog purpose="off" onClose={close} />}
    </SettingsRow>
  )
}

function describeState({ secondFactor: { requiredBy } }: Account): string {
  const what = 'A code of an authenticator app besides the password.'
  return requiredBy.length === 0 ? what : `${what} Required by ${names.format(requiredBy)}.`
}
