import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { asProblem } from '../../api/problem.ts'
import type { Account } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import { requestConfirmation } from '../sign-in/index.ts'
import { accountQuery } from './account-queries.ts'
import { ChangePasswordDialog } from './ChangePasswordDialog.tsx'
import { DeleteAccountDialog } from './DeleteAccountDialog.tsx'
import { SecondFactorRow } from './SecondFactorRow.tsx'
import { SessionsCard } from './SessionsCard.tsx'

/** The person's own account: how they sign in, where they are signed in, and how they leave. */
export function AccountPage() {
  const account = useQuery(accountQuery)
  const loading = (
    <Card>
      <div role="status" aria-label="Loading your account">
        {['email', 'password', 'second factor'].map((row) => (
          <Skeleton key={row} height={52} my="md" />
        ))}
      </div>
    </Card>
  )
  return (
    <Page title="Account" caption="For you alone, in all your workspaces.">
      {account.data === undefined && account.error !== null ? (
        <Card flush>
          <Loaded query={account} what="Your account" skeleton={loading}>
            {() => null}
          </Loaded>
        </Card>
      ) : (
        <Loaded query={account} what="Your account" skeleton={loading}>
          {(data) => <SignInCard account={data} />}
        </Loaded>
      )}
      <SessionsCard />
      <LeaveCard />
    </Page>
  )
}

function SignInCard({ account }: { account: Account }) {
  const [isChanging, setChanging] = useState(false)
  return (
    <Card title="Sign-in">
      <EmailRow account={account} />
      <SettingsRow name="Password" note="Changing it ends all your other sessions.">
        <Button variant="default" size="xs" onClick={() => setChanging(true)}>
          Change password
        </Button>
      </SettingsRow>
      <SecondFactorRow account={account} />
      {isChanging && <ChangePasswordDialog account={account} onClose={() => setChanging(false)} />}
    </Card>
  )
}

function EmailRow({ account }: { account: Account }) {
  const send = useMutation({
    mutationFn: () => requestConfirmation(account.email),
    onSuccess: () => toast(`Mail sent to ${account.email}`),
    onError: (error) => toast(asProblem(error).message),
  })
  return (
    <SettingsRow
      name="Email address"
      note={
        account.emailConfirmed
          ? 'Confirmed. Links to reset your password go there.'
          : 'Not confirmed yet. Confirm it, so that you can reset a forgotten password.'
      }
    >
      <span>{account.email}</span>
      {!account.emailConfirmed && (
        <Button
          variant="default"
          size="xs"
          mt="sm"
          loading={send.isPending}
          disabled={send.isSuccess}
          onClick={() => send.mutate()}
        >
          {send.isSuccess ? 'Mail sent' : 'Send the mail to confirm it'}
        </Button>
      )}
    </SettingsRow>
  )
}

function LeaveCard() {
  const [isDeleting, setDeleting] = useState(false)
  return (
    <Card title="Delete account">
      <SettingsRow
        name="Delete your account"
        note="Your sessions, your API keys and your memberships end. Workspaces, their calls and their receipts stay."
      >
        <Button variant="default" size="xs" onClick={() => setDeleting(true)}>
          Delete account
        </Button>
      </SettingsRow>
      {isDeleting && <DeleteAccountDialog onClose={() => setDeleting(false)} />}
    </Card>
  )
}
