import { type Ledger, verifyLedger } from '../src/ledger/index.ts'
import type { PaymentsDeps } from '../src/payments/deps.ts'
import type { TestCard } from '../src/payments/gateway.ts'
import { orderTopUp } from '../src/payments/order-top-up.ts'
import type { PaymentMethod } from '../src/payments/payment-method-store.ts'
import { createPayments, type Payments } from '../src/payments/payments.ts'
import type { Purchase } from '../src/payments/purchase-store.ts'
import { createSandboxGateway, type SandboxGateway } from '../src/payments/sandbox/gateway.ts'
import { verifyPayments } from '../src/payments/verify.ts'
import { loadCatalog } from '../src/plans/index.ts'
import { virtualClock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/database/database.ts'
import { openQuietRooms } from '../src/quiet-rooms.ts'
import { createWorkspace } from '../src/workspaces/index.ts'
import { testDatabase } from './database.ts'
import {
  createLife,
  killableDatabase,
  killableGateway,
  ProcessKilled,
  type ProcessLife,
} from './killable-process.ts'

/** A server process that sells credits, until it dies. */
export type Seller = {
  readonly life: ProcessLife
  readonly payments: Payments
  /** What `POST /v1/purchases` does; the same key is the same purchase. */
  buy(workspaceId: string, order: { readonly key: string; readonly quantity: number }): Promise<Purchase>
}

/** Payments with their sandbox bank, on a real database, and as many server processes as are wanted. */
export type Shop = {
  readonly database: Database
  readonly clock: ReturnType<typeof virtualClock>
  readonly gateway: SandboxGateway
  readonly ledger: Ledger
  /**
   * @param stepsMax after so many steps it dies; undefined: it lives on
   * @param changes what is different with this one
   */
  seller(stepsMax?: number, changes?: Partial<Omit<PaymentsDeps, 'hooks'>>): Seller
  /** A workspace on a paid plan with a card. */
  customer(card: TestCard): Promise<{ readonly workspaceId: string; readonly method: PaymentMethod }>
  addCard(workspaceId: string, card: TestCard): Promise<PaymentMethod>
  /** Time passes and the reconciliation runs until nothing is open any more; what waits for customers is given up. */
  reconcileAll(): Promise<void>
  purchases(workspaceId: string): Promise<{ id: string; status: string; creditsMs: number }[]>
  /** What the bank took from the workspace, purchase by purchase. */
  taken(workspaceId: string): Promise<{ purchaseId: string; amountMinor: number }[]>
  toppedUpMs(workspaceId: string): Promise<number>
  /** Everything that `talktime verify` says of the books. Nothing is wrong: an empty list. */
  verify(): Promise<unknown[]>
  close(): Promise<void>
}

export async function openShop(): Promise<Shop> {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const clock = virtualClock(Date.UTC(2026, 10, 22, 10))
  const sandbox = createSandboxGateway({ database, clock })
  const healthy = seller()

  function seller(stepsMax?: number, changes: Partial<Omit<PaymentsDeps, 'hooks'>> = {}): Seller {
    const life = createLife(stepsMax)
    const own = killableDatabase(database, life)
    const { ledger } = openQuietRooms({ database: own, clock })
    const payments = createPayments({
      database: own,
      clock,
      ledger,
      gateway: killableGateway(sandbox, life),
      seller: { name: 'Talktime', address: undefined, taxId: undefined, tax: undefined },
      origin: 'https://talktime.example.com',
      onError(error) {
        if (!(error instanceof ProcessKilled)) throw error
      },
      ...changes,
    })
    return {
      life,
      payments,
      async buy(workspaceId, { key, quantity }) {
        const { purchase } = await orderTopUp(
          { ledger, payments },
          {
            workspaceId,
            packageId: 'credits_100',
            quantity,
            paymentMethodId: undefined,
            actor: { kind: 'key', keyId: workspaceId },
            idempotency: { scope: workspaceId, key, requestHash: Buffer.from(`${quantity}`) },
          },
        )
        return payments.charge(purchase)
      },
    }
  }

  async function addCard(workspaceId: string, testCard: TestCard): Promise<PaymentMethod> {
    const answer = await healthy.payments.requestMethod(workspaceId, { testCard })
    if (answer.kind !== 'saved') throw new Error('The sandbox saves its cards at once')
    return healthy.payments.saveMethod(workspaceId, answer.method)
  }

  async function openPurchases() {
    const { rows } = await database.query<{
      workspaceId: string
      id: string
      status: string
      nextCheckAtMs: number
    }>(
      `select workspace_id as "workspaceId", id, status, next_check_at_ms as "nextCheckAtMs" from purchases
       where next_check_at_ms is not null`,
    )
    return rows
  }

  return {
    database,
    clock,
    gateway: sandbox,
    ledger: openQuietRooms({ database, clock }).ledger,
    seller,
    addCard,
    async customer(card) {
      const workspaceId = await database.transaction((tx) =>
        createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, clock.now()),
      )
      return { workspaceId, method: await addCard(workspaceId, card) }
    },
    async reconcileAll() {
      for (let open = await openPurchases(); open.length > 0; open = await openPurchases()) {
        clock.set(Math.max(clock.now(), ...open.map(({ nextCheckAtMs }) => nextCheckAtMs)))
        await healthy.payments.reconcileDue()
        for (const purchase of open) {
          // Who does not confirm a payment for that long will not confirm it any more.
          if (purchase.status === 'requires_action') await healthy.payments.cancel(purchase)
        }
      }
    },
    async purchases(workspaceId) {
      const { rows } = await database.query<{ id: string; status: string; creditsMs: number }>(
        `select id, status, credits_ms as "creditsMs" from purchases where workspace_id = $1 order by id`,
        [workspaceId],
      )
      return rows
    },
    async taken(workspaceId) {
      const { rows } = await database.query<{ purchaseId: string; amountMinor: number }>(
        `select c.idempotency_key as "purchaseId", c.amount_minor as "amountMinor" from sandbox_charges c
         join payment_customers k on k.ref = c.customer_ref
         where k.workspace_id = $1 and c.status = 'succeeded' order by c.idempotency_key`,
        [workspaceId],
      )
      return rows
    },
    async toppedUpMs(workspaceId) {
      const { rows } = await database.query<{ sum: number }>(
        `select coalesce(sum(amount_ms), 0)::bigint as sum from ledger_entries
         where workspace_id = $1 and kind = 'top_up'`,
        [workspaceId],
      )
      return rows[0]?.sum ?? 0
    },
    verify: async () => [...(await verifyLedger(database)), ...(await verifyPayments(database))],
    close: drop,
  }
}
