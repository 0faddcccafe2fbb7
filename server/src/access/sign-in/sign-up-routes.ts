import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { TimeZone } from '../../platform/http/time-zone.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import type { Access } from '../access.ts'
import { MailSentResponse } from '../account/confirm-email-routes.ts'
import { awaitConfirmedAddress } from '../account/confirmed-address-store.ts'
import { createResetToken } from '../account/reset-password-routes.ts'
import { createVerificationToken } from '../account/verification-token.ts'
import type { User } from '../accounts.ts'
import type { AuditSource } from '../audit-entry.ts'
import { browserOf } from '../authenticate.ts'
import { acceptInvitation, type ReadMembersMax, requireInvitationTo } from '../invitations.ts'
import {
  type AccountMail,
  accountExistsMail,
  claimAccountMail,
  confirmAddressMail,
} from '../mails/account-mails.ts'
import { addMember } from '../member-store.ts'
import type { HashedPassword } from '../passwords/known-passwords.ts'
import { requireGoodPassword } from '../passwords/password-rules.ts'
import type { RequestOrigin } from '../principal.ts'
import { Email, Name, NewPassword } from '../request-schemas.ts'
import { originOf } from '../scope.ts'
import { readSession, SessionResponse } from '../session-response.ts'
import { type Credential, findCredential, lockEmail } from '../user-store.ts'
import { answerNoSooner } from './answer-no-sooner.ts'

/** Creates a workspace and returns its UUID. The workspaces room provides it; this room may not import that one. */
export type CreateWorkspace = (
  tx: Tx,
  workspace: {
    readonly name: string
    readonly timeZone: string
    readonly planId: string
    readonly by: AuditSource
  },
  nowMs: number,
) => Promise<string>

export type SignUpRouteDeps = {
  readonly access: Access
  readonly clock: Clock
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
  readonly createWorkspace: CreateWorkspace
  readonly readMembersMax: ReadMembersMax
}

const SignUpRequest = z.strictObject({
  name: Name,
  email: Email,
  password: NewPassword,
  workspaceName: Name.optional(),
  timeZone: TimeZone.optional(),
  invitation: z.string().max(200).optional().meta({ description: 'The token of an invitation’s link.' }),
})

type SignUpRequest = z.infer<typeof SignUpRequest>

type SignUp = Omit<SignUpRequest, 'password'> & {
  readonly password: HashedPassword
  readonly origin: RequestOrigin
}

/** Longer than the work for a new account takes, so that the time of an answer says nothing either. */
const ANSWER_MS = 200

/** Creating an account. */
export function signUpRoutes(deps: SignUpRouteDeps): Routes {
  return async (server) => {
    server.post(
      '/v1/sign-up',
      {
        config: { public: true },
        schema: {
          tags: ['Sign-in'],
          security: [],
          summary: 'Create an account with a workspace on the Free plan, or join a workspace by invitation',
          body: SignUpRequest,
          description:
            'Where mail is delivered, the answer is 202, whether the address has an account or not: the mail says how to go on.',
          response: { 201: SessionResponse, 202: MailSentResponse },
        },
      },
      (request, reply) =>
        deps.access.signIn.gate.admit(request, reply, () => signUp(deps, request, reply, request.body)),
    )
  }
}

async function signUp(
  deps: SignUpRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wish: SignUpRequest,
): Promise<SessionResponse | MailSentResponse> {
  const { access, clock } = deps
  const { limits, verifiesEmail } = access.signIn
  await limits.attempt(reply, [{ kind: 'signUp', name: limits.networkOf(request) }])
  requireGoodPassword(wish.password, wish)
  const password = await access.accounts.hashPassword(wish.password)
  const account = { ...wish, password, origin: originOf(request) }
  const nowMs = clock.now()
  if (!verifiesEmail) return signUpAndIn(deps, request, reply, account, nowMs)
  return answerNoSooner(ANSWER_MS, () => signUpByMail(deps, request, reply, account, nowMs))
}

/** Creates an account without asking whether the address is theirs, and signs in. */
function signUpAndIn(
  deps: SignUpRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  account: SignUp,
  nowMs: number,
): Promise<SessionResponse> {
  const { access, idempotency } = deps
  return idempotency.command(request, reply, async (tx) => {
    const { user, cookies } = await access.accounts.signUp(tx, account, browserOf(request))
    await joinFirstWorkspace(deps, tx, user, account, nowMs)
    return {
      status: 201,
      body: await readSession(tx, user),
      cookies: [...cookies, access.signIn.devices.remember(request, user.id)],
    }
  })
}

/**
 * Creates an account that must be confirmed by mail. If the address has an account, its owner gets another mail and
 * nothing is created. The answer is the same.
 */
async function signUpByMail(
  deps: SignUpRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  account: SignUp,
  nowMs: number,
): Promise<MailSentResponse> {
  const { access, idempotency } = deps
  const { email, password, invitation } = account
  const { signUpProof, mails } = access.signIn
  let compose: (() => Promise<AccountMail | undefined>) | undefined
  const body = await idempotency.command(request, reply, async (tx) => {
    await lockEmail(tx, email)
    if (invitation !== undefined) await requireInvitationTo(tx, { token: invitation, email }, nowMs)
    const existing = await findCredential(tx, email)
    if (existing === undefined) {
      const user = await access.accounts.createUser(tx, account)
      await joinFirstWorkspace(deps, tx, user, account, nowMs)
      await awaitConfirmedAddress(tx, user.id)
    }
    compose = () => composeSignUpMail(access, email, existing)
    const cookies = [signUpProof.give(existing === undefined ? password.hash : undefined)]
    return { status: 202, body: { status: 'mail_sent' as const, email }, cookies }
  })
  // A repeated request gets the answer again, but sends no other mail.
  if (compose !== undefined) mails.send(compose)
  return body
}

/** @param existing the account that the address had before the sign-up */
async function composeSignUpMail(
  access: Access,
  email: string,
  existing: Credential | undefined,
): Promise<AccountMail | undefined> {
  const { mails, auth, database } = access.signIn
  if (existing?.emailVerified) return accountExistsMail(mails.sender, email)
  if (existing !== undefined) {
    const token = await createResetToken(access, email)
    return token === undefined ? undefined : claimAccountMail(mails.sender, email, token)
  }
  const created = await findCredential(database, email)
  if (created === undefined) return undefined
  return confirmAddressMail(mails.sender, email, await createVerificationToken(auth, created))
}

/** Accepts the invitation of a sign-up. Without one, creates a workspace owned by the user. */
async function joinFirstWorkspace(
  { createWorkspace, readMembersMax }: SignUpRouteDeps,
  tx: Tx,
  user: User,
  { invitation, workspaceName, timeZone = 'UTC', origin }: SignUp,
  nowMs: number,
): Promise<void> {
  if (invitation !== undefined) {
    await acceptInvitation(tx, { token: invitation, user, origin }, readMembersMax, nowMs)
    return
  }
  const name = workspaceName ?? `${user.name}’s workspace`
  const by = { actor: { kind: 'user', userId: user.id }, origin } as const
  const workspaceId = await createWorkspace(tx, { name, timeZone, planId: 'free', by }, nowMs)
  await addMember(tx, { workspaceId, userId: user.id, role: 'owner' }, nowMs)
}
