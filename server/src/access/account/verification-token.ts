import { SECOND_MS } from '@talktime/core/time/durations'
import { createEmailVerificationToken } from 'better-auth/api'
import { verifyJWT } from 'better-auth/crypto'
import { z } from 'zod'
import { type BetterAuth, VERIFICATION_LINK_MS } from '../better-auth.ts'

/** Whose address a link confirms. */
export type VerificationClaim = { readonly userId: string; readonly email: string }

const Claim = z.object({ userId: z.string(), email: z.string(), updateTo: z.never().optional() })

/** Creates the token of a link that confirms an email address. It is signed, and good for a day. */
export function createVerificationToken({ context }: BetterAuth, user: VerificationClaim): Promise<string> {
  const { email, userId } = user
  return createEmailVerificationToken(context.secret, email, undefined, VERIFICATION_LINK_MS / SECOND_MS, {
    userId,
  })
}

/** Reads a link's token. Undefined if it is not ours or no longer good. */
export async function readVerificationToken(
  { context }: BetterAuth,
  token: string,
): Promise<VerificationClaim | undefined> {
  return Claim.safeParse(await verifyJWT(token, context.secret)).data
}
