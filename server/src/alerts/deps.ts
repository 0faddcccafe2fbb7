import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import type { Outbound } from '../platform/outbound.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import type { Mailer } from './delivery/mail.ts'

/** What alerts are brought to people and webhooks with. */
export type DelivererDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly mailer: Mailer
  readonly outbound: Outbound
  /** The origin that links begin with. */
  readonly origin: string
  /** Who mails, as people know the service. */
  readonly serviceName: string
  /** How long a webhook may take to answer; 15 s unless told. */
  readonly webhookMsMax?: number | undefined
  readonly log: Logger
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  /** Taking or keeping a delivery failed; it will be tried again. */
  readonly onError: (error: unknown) => void
}
