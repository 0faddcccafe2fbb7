import type { Ledger } from '../ledger/index.ts'
import type { Payments } from '../payments/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'

/** What reading and saving auto-reload depends on. */
export type RequestDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly payments: Payments
}

export type AutoReloadDeps = RequestDeps & {
  /** Called with failures that will be retried. */
  readonly onError: (error: unknown) => void
}
