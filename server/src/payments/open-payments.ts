import type { RoomAssembly } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { methodRoutes } from './method-routes.ts'
import { createPayments, type Payments } from './payments.ts'
import { type Seller, workspaceOfPurchase } from './purchase-store.ts'
import { deleteExpiredGatewayEvents } from './retention.ts'
import { purchaseRoutes } from './routes.ts'
import { createSandboxGateway } from './sandbox/gateway.ts'
import { sandboxRoutes } from './sandbox/routes.ts'
import type { Stripe } from './stripe/index.ts'

export type OpenPaymentsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly assembly: RoomAssembly
  /** Who sells, as receipts name them. */
  readonly seller: Seller
  /** The origin at which people reach this server. */
  readonly origin: string
  readonly publicUrl: string | undefined
  /** Takes the money; undefined: the sandbox does, which moves none. */
  readonly stripe: Stripe | undefined
  readonly onError: (error: unknown) => void
}

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
        async tell(id, outcome) {
          await payments.recordOutcome({ workspaceId: await workspaceOfPurchase(database, id), id }, outcome)
        },
      }),
  )
  assembly.chore('Finding out what became of payments', 1_000, () => payments.reconcileDue())
  assembly.chore('Detaching removed cards', 60_000, () => payments.forgetRemoved())
  assembly.chore('Deleting expired events of the payment gateway', 60_000, () =>
    deleteExpiredGatewayEvents(database, clock.now()),
  )
  assembly.worker({ close: payments.close })
  return payments
}
