import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { BetterAuth } from '../better-auth.ts'
import type { AccessLimits } from '../limits/limits.ts'
import type { AccountMailer } from '../mails/account-mailer.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { SignInGate } from './gate.ts'
import type { KnownDevices } from './known-device.ts'
import type { SignUpProof } from './sign-up-proof.ts'

/** What signing in, signing up and managing one's account work with. */
export type SignInTools = {
  /** A few connections, apart from those that calls need. */
  readonly database: Database
  readonly clock: Clock
  readonly auth: BetterAuth
  readonly passwords: PasswordHasher
  readonly limits: AccessLimits
  readonly gate: SignInGate
  readonly devices: KnownDevices
  readonly signUpProof: SignUpProof
  readonly mails: AccountMailer
  /** Whether people confirm their email address before they sign in for the first time. */
  readonly verifiesEmail: boolean
}
