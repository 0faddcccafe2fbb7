import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Outbound } from '../platform/outbound.ts'
import type { Secrets } from '../platform/sealed-box.ts'

/** What the deliverer needs. */
export type DelivererDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly mailer: Mailer
  readonly outbound: Outbound
  /** The origin of links, such as https://talktime.example.com. */
  readonly origin: string
  /** The name of the service in mails. */
  readonly serviceName: string
  /** How long a webhook may take to answer, in milliseconds. By default 15 s. */
  readonly webhookMsMax?: number | undefined
  readonly log: Logger
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  /** Claiming a delivery or storing its result failed. It will be tried again. */
  readonly onError: (error: unknown) => void
}
