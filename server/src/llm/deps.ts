import type { Access } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { Logger } from '../platform/log.ts'
import type { Outbound } from '../platform/outbound.ts'
import type { SealedBox } from '../platform/sealed-box.ts'
import type { ProviderAccess } from './gateway/provider-access.ts'
import type { LlmSettings } from './settings.ts'

/** What this room stands on. */
export type LlmDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
  readonly log: Logger
  /** Of the platform: its keys, and where providers are reached. */
  readonly settings: LlmSettings
  /** Keeps the workspaces' keys. */
  readonly seal: SealedBox
  /** How providers are asked, by who chose their address. */
  readonly outbounds: Readonly<Record<ProviderAccess['chosenBy'], Outbound>>
  readonly patience: Timeouts
}

/** How long a provider is waited for, in milliseconds. */
export type Timeouts = {
  /** For the first byte of a stream. */
  readonly firstByteMs: number
  /** For an answer that comes as a whole, once the model has thought it through. */
  readonly wholeMs: number
  /** Between two parts of a stream. */
  readonly idleMs: number
  /** For everything together. */
  readonly totalMs: number
}

export const timeoutsDefault: Timeouts = {
  firstByteMs: 60_000,
  wholeMs: 300_000,
  idleMs: 60_000,
  totalMs: 600_000,
}
