import { invariant, Problem } from '../../platform/problem.ts'
import { accessProblems } from '../problems.ts'

/** A password with the hash it belongs to. */
export type HashedPassword = { readonly password: string; readonly hash: string }

/**
 * What was computed about passwords before a transaction began. Computing it takes a tenth of a second and must not keep
 * a connection to the database waiting, so better-auth, which runs inside transactions, only looks it up here.
 */
export type KnownPasswords = {
  /** The current password, compared with the stored hash. */
  readonly current?: HashedPassword
  /** A new password. */
  readonly next?: HashedPassword
}

/** Looks up the hash of a new password. */
export function recallHash({ current, next }: KnownPasswords, password: string): string {
  if (next?.password === password) return next.hash
  // better-auth hashes the password of an account that was deleted a moment ago, so that it answers no sooner.
  invariant(current?.password === password, 'Passwords are hashed before a transaction begins')
  return current.hash
}

/**
 * Looks up whether a password is right.
 *
 * @throws Problem invalid_credentials if the stored hash was changed after it was compared
 */
export function recallVerification({ current }: KnownPasswords, { password, hash }: HashedPassword): boolean {
  if (current?.password === password && current.hash === hash) return true
  throw invalidCredentials()
}

/** The problem of a wrong address or password. It does not say which. */
export function invalidCredentials(): Problem {
  return new Problem(
    accessProblems.invalid_credentials,
    'The email address or the password is wrong. Check both and try again.',
  )
}
