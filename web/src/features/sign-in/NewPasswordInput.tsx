import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCheck, IconInfoCircle } from '@tabler/icons-react'
import { PASSWORD_LENGTH_MIN, type PasswordOwner } from '@talktime/core/passwords/password-rule'
import { useEffect, useState } from 'react'
import classes from './NewPasswordInput.module.css'

/** A field for a new password. It says while typing whether the password would be accepted, and why not. */
export function NewPasswordInput({
  owner,
  value,
  ...props
}: Omit<PasswordInputProps, 'value'> & { value: string; owner: PasswordOwner }) {
  const verdict = useVerdict(value, owner)
  return (
    <div>
      <PasswordInput
        label="New password"
        description={`At least ${PASSWORD_LENGTH_MIN} characters. A few unrelated words are easy to remember.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={value}
        {...props}
      />
      <div role="status">
        {verdict !== undefined && props.error === undefined && (
          <p className={classes.verdict} data-good={verdict.isGood || undefined}>
            {verdict.isGood ? (
              <IconCheck size={15} stroke={2} aria-hidden />
            ) : (
              <IconInfoCircle size={15} stroke={1.75} aria-hidden />
            )}
            {verdict.text}
          </p>
        )}
      </div>
    </div>
  )
}

type Verdict = { isGood: boolean; text: string }

/** What is said about a password; undefined while it is empty or too short to judge. */
function useVerdict(value: string, { name, email, workspaceName }: PasswordOwner): Verdict | undefined {
  const [settled] = useDebouncedValue(value, 250)
  const [verdict, setVerdict] = useState<Verdict>()
  useEffect(() => {
    let isCurrent = true
    setVerdict(undefined)
    if (settled.length >= PASSWORD_LENGTH_MIN) {
      void import('./estimate-password.ts').then(({ findPasswordFault }) => {
        if (!isCurrent) return
        const fault = findPasswordFault(settled, { name, email, workspaceName })
        setVerdict(
          fault === undefined ? { isGood: true, text: 'Good password' } : { isGood: false, text: fault },
        )
      })
    }
    return () => {
      isCurrent = false
    }
  }, [settled, name, email, workspaceName])
  return value === settled ? verdict : undefined
}
