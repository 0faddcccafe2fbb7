import { randomBytes } from 'node:crypto'
import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { FastifyRequest } from 'fastify'
import { createSealedBox, type Secrets } from '../../platform/sealed-box.ts'
import { isEqualText } from './known-device.ts'

/**
 * Proves that a browser is the one that signed up, so that a link in the mail needs no password there. The cookie says
 * nothing about whether the address had an account before: then it is random and proves nothing.
 */
export type SignUpProof = {
  /** The Set-Cookie header of a sign-up. `hash` is the new account's password hash; undefined: there is no new account. */
  give(hash: string | undefined): string
  /** Whether this browser signed up with the password that has this hash. */
  isGiven(request: FastifyRequest, hash: string): boolean
}

const MAX_AGE_MS = DAY_MS

export function createSignUpProof(options: {
  readonly secrets: Secrets
  readonly publicUrl: string | undefined
}): SignUpProof {
  const isSecure = options.publicUrl?.startsWith('https:') === true
  const cookieName = `${isSecure ? '__Secure-' : ''}talktime.sign_up`
  const box = createSealedBox({ secret: options.secrets.secret }, 'sign-up proof')
  const proofOf = (hash: string) => box.hash([hash]).toString('base64url')
  return {
    give(hash) {
      const value = hash === undefined ? randomBytes(32).toString('base64url') : proofOf(hash)
      const secure = isSecure ? '; Secure' : ''
      return `${cookieName}=${value}; Max-Age=${MAX_AGE_MS / SECOND_MS}; Path=/; HttpOnly; SameSite=Lax${secure}`
    },
    isGiven(request, hash) {
      const value = request.cookies[cookieName]
      return value !== undefined && isEqualText(value, proofOf(hash))
    },
  }
}
