import { Button, Loader, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Role, Session } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { sessionQuery } from '../workspace/index.ts'
import { AuthFrame, authForm } from './AuthFrame.tsx'
import { MailSent } from './MailSent.tsx'
import { NewPasswordInput } from './NewPasswordInput.tsx'
import { requestConfirmation } from './request-confirmation.ts'
import { requireText, validatePassword } from './rules.ts'
import { useEnter } from './use-enter.ts'
import { useSignOut } from './use-sign-out.ts'

type InvitationPreview = { workspaceName: string; email: string; role: Role }

/** Accepts an invitation, with the account that is signed in or a new one. */
export function JoinPage() {
  const { token } = useSearch({ from: '/join' })
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => readBody(api.GET('/v1/invitations/lookup', { params: { query: { token } } })),
    retry: false,
  })
  const session = useQuery(sessionQuery)

  if (invitation.error) {
    return (
      <AuthFrame
        title="This invitation cannot be opened"
        lead={asProblem(invitation.error).message}
        footer={<Link to="/sign-in">Sign in</Link>}
      >
        <p>Ask the person who invited you for a new link.</p>
      </AuthFrame>
    )
  }
  if (!invitation.data || session.isPending) {
    return (
      <AuthFrame title="Your invitation">
        <Loader mt="md" size="sm" aria-label="Loading the invitation" />
      </AuthFrame>
    )
  }
  const props = { token, invitation: invitation.data }
  if (session.data && session.data.user.email !== invitation.data.email) {
    return <OtherAddress {...props} session={session.data} />
  }
  return session.data ? <Accept {...props} session={session.data} /> : <SignUpAndJoin {...props} />
}

type JoinProps = { token: string; invitation: InvitationPreview }

const asRole = { owner: 'as an owner', admin: 'as an admin', member: 'as a member' }

/** Finds the workspace that the session has gained. */
function findJoinedWorkspace(session: Session, before: Session | null): string | undefined {
  const known = new Set(before?.workspaces.map((workspace) => workspace.id))
  return session.workspaces.find((workspace) => !known.has(workspace.id))?.id
}

function Accept({ token, invitation, session }: JoinProps & { session: Session }) {
  const enter = useEnter()
  const accept = useMutation({
    mutationFn: () => readBody(api.POST('/v1/invitations/accept', { body: { token } })),
    onSuccess: (after) => enter(after, { joined: findJoinedWorkspace(after, session) }),
  })
  return (
    <AuthFrame
      title={`Join ${invitation.workspaceName}`}
      lead={`You will join ${asRole[invitation.role]} with the account ${session.user.email}.`}
    >
      <div className={authForm}>
        <FormMessage message={accept.error ? asProblem(accept.error).message : null} />
        <Button onClick={() => accept.mutate()} loading={accept.isPending} fullWidth autoFocus>
          Join {invitation.workspaceName}
        </Button>
      </div>
    </AuthFrame>
  )
}

/** An invitation is good for the invited address alone. */
function OtherAddress({ invitation, session }: JoinProps & { session: Session }) {
  const signOut = useMutation({ mutationFn: useSignOut() })
  const { email } = session.user
  return (
    <AuthFrame
      title="This invitation is for another address"
      lead={`It was sent to ${invitation.email}, and you are signed in as ${email}.`}
      footer={<Link to="/">Back to your workspace</Link>}
    >
      <div className={authForm}>
        <p>
          Sign out and open the link again to join as {invitation.email}, or ask for an invitation to {email}.
        </p>
        <Button onClick={() => signOut.mutate()} loading={signOut.isPending} fullWidth>
          Sign out
        </Button>
      </div>
    </AuthFrame>
  )
}

function SignUpAndJoin({ token, invitation }: JoinProps) {
  const enter = useEnter()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({
    initialValues: { name: '', email: invitation.email, password: '' },
    validate: { name: requireText('Enter your name'), password: validatePassword },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => readBody(api.POST('/v1/sign-up', { body: { ...values, invitation: token } })),
    (answer) => {
      if ('status' in answer) return setSentTo(answer.email)
      return enter(answer, { joined: findJoinedWorkspace(answer, null) })
    },
  )
  if (sentTo !== null) {
    return (
      <MailSent
        email={sentTo}
        purpose={`confirm that it is yours and join ${invitation.workspaceName}`}
        resend={() => requestConfirmation(sentTo)}
      />
    )
  }
  return (
    <AuthFrame
      title={`Join ${invitation.workspaceName}`}
      lead={`You have been invited to join ${asRole[invitation.role]}.`}
      footer={
        <>
          Have an account?{' '}
          <Link to="/sign-in" search={{ redirect: `/join?token=${encodeURIComponent(token)}` }}>
            Sign in first
          </Link>
        </>
      }
    >
      <form onSubmit={onSubmit} className={authForm} noValidate>
        <FormMessage message={message} />
        <TextInput
          label="Email"
          type="email"
          description="The address your invitation was sent to"
          readOnly
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <TextInput
          label="Your name"
          autoComplete="name"
          autoFocus
          required
          withAsterisk={false}
          {...form.getInputProps('name')}
        />
        <NewPasswordInput
          label="Password"
          owner={{ ...form.values, workspaceName: invitation.workspaceName }}
          {...form.getInputProps('password')}
          value={form.values.password}
        />
        <Button type="submit" loading={pending} fullWidth>
          Create account and join
        </Button>
      </form>
    </AuthFrame>
  )
}
