import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { CardLimits } from './card-limits.ts'
import { methodRoutes } from './method-routes.ts'
import { createPayments, type Payments } from './payments.ts'
import { purchaseRoutes } from './purchase-routes.ts'
import { requirePurchaseWorkspace } from './purchase-store.ts'
import type { Seller } from './receipt.ts'
import { deleteExpiredGatewayEvents } from './retention.ts'
import { createSandboxGateway } from './sandbox/gateway.ts'
import { sandboxRoutes } from './sandbox/routes.ts'
import type { Stripe } from './stripe/index.ts'

export type OpenPaymentsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly assembly: RoomAssembly
  readonly seller: Seller
  /** How often a workspace may try cards. */
  readonly cardLimits: CardLimits
  /** The origin at which people reach this server. */
  readonly origin: string
  readonly publicUrl: string | undefined
  /** The gateway that takes the money; `undefined` is the sandbox, which moves none. */
  readonly stripe: Stripe | undefined
  readonly onError: (error: unknown) => void
}

/** Opens the payments room: its routes and chores, with the gateway that is configured. */
export function openPayments(deps: OpenPaymentsDeps): Payments {
  const { database, clock, stripe, assembly } = deps
  const sandbox = createSandboxGateway(deps)
  const payments = createPayments({ ...deps, gateway: stripe?.gateway ?? sandbox })
  assembly.routes((http) => methodRoutes({ ...deps, ...http, payments }))
  assembly.routes((http) => purchaseRoutes({ ...deps, ...http, payments }))
  assembly.routes(
    () =>
      stripe?.routes({ ...deps, payments }) ??
      sandboxRoutes({
        bank: sandbox.bank,
        async reportOutcome(id, outcome) {
          const workspaceId = await requirePurchaseWorkspace(database, id)
          await payments.recordOutcome({ workspaceId, id }, outcome)
        },
      }),
  )
  assembly.chore('Finding out what became of payments', SECOND_MS, () => payments.reconcileDue())
  assembly.chore('Detaching removed cards', MINUTE_MS, () => payments.detachRemovedMethods())
  assembly.chore('Deleting expired events of the payment gateway', MINUTE_MS, () =>
    deleteExpiredGatewayEvents(database, clock.now()),
  )
  assembly.worker({ close: payments.close })
  return payments
}
