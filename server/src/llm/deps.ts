import { MINUTE_MS } from '@talktime/core/time/durations'
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

/** What the routes of this room need. */
export type LlmDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
  readonly log: Logger
  /** The platform's keys and the addresses of providers. */
  readonly settings: LlmSettings
  /** Encrypts the workspaces' own keys. */
  readonly sealedBox: SealedBox
  /** The HTTP clients for providers, by who chose the provider's address. */
  readonly outbounds: Readonly<Record<ProviderAccess['chosenBy'], Outbound>>
  readonly timeouts: Timeouts
  /** How many requests may wait for providers at once. Each holds a connection. */
  readonly requestsMax: number
}

/** How long the gateway waits for a provider, in milliseconds. */
export type Timeouts = {
  /** For the first byte of a stream. */
  readonly firstByteMs: number
  /** For the head of an answer that is not streamed. The model has generated all of it by then. */
  readonly wholeMs: number
  /** Between two chunks of a stream. */
  readonly idleMs: number
  /** For the whole request. */
  readonly totalMs: number
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  firstByteMs: MINUTE_MS,
  wholeMs: 5 * MINUTE_MS,
  idleMs: MINUTE_MS,
  totalMs: 10 * MINUTE_MS,
}
