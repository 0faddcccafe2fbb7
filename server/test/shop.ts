import { type Ledger, verifyLedger } from '../src/ledger/index.ts'
import type { PaymentsDeps } from '../src/payments/deps.ts'
import type { TestCard } from '../src/payments/gateway.ts'
import { orderTopUp } from '../src/payments/order-top-up.ts'
import type { PaymentMethod } from '../src/payments/payment-method-store.ts'
import { createPayments, type Payments } from '../src/payments/payments.ts'
import type { Purchase } from '../src/payments/purchase.ts'
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

/** A server process that sells credits until it is killed. */
export type Seller = {
  readonly life: ProcessLife
  readonly payments: Payments
  /** Does what `POST /v1/purchases` does. A repeated key is a repeat of its purchase. */
  buy(workspaceId: string, order: { readonly key: string; readonly quantity: number }): Promise<Purchase>
}

/** Payments with their sandbox bank on a real database, and any number of server processes. */
export type Shop = {
  readonly database: Database
  readonly clock: ReturnType<typeof virtualClock>
  readonly gateway: SandboxGateway
  readonly ledger: Ledger
  /**
   * Starts a server process.
   *
   * @param stepsMax the process is killed after this many steps; `undefined`: it is not killed
   * @param changes what this process does differently
   */
  startSeller(stepsMax?: number, changes?: Partial<Omit<PaymentsDeps, 'hooks'>>): Seller
  /** Creates a workspace on a paid plan with a card. */
  addCustomer(card: TestCard): Promise<{ readonly workspaceId: string; readonly method: PaymentMethod }>
  addCard(workspaceId: string, card: TestCard): Promise<PaymentMethod>
  /** Lets time pass and reconciles until no purchase is open. Purchases that wait for customers are canceled. */
  reconcileAll(): Promise<void>
  listPurchases(workspaceId: string): Promise<{ id: string; status: string; creditsMs: number }[]>
  /** Lists what the bank took from the workspace, by purchase. */
  listTaken(workspaceId: string): Promise<{ purchaseId: string; amountMinor: number }[]>
  sumToppedUpMs(workspaceId: string): Promise<number>
  /** Returns the differences that `talktime verify` finds in the books; an empty list if there are none. */
  verify(): Promise<unknown[]>
  close(): Promise<void>
}

type ShopDeps = Pick<Shop, 'database' | 'clock' | 'gateway'>
type SellerChanges = Partial<Omit<PaymentsDeps, 'hooks'>>

export async function openShop(): Promise<Shop> {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const clock = virtualClock(Date.UTC(2026, 10, 22, 10))
  const gateway = createSandboxGateway({ database, clock })
  const deps: ShopDeps = { database, clock, gateway }
  const { payments } = startSeller(deps)

  async function addCard(workspaceId: string, testCard: TestCard): Promise<PaymentMethod> {
    const answer = await payments.requestMethod(workspaceId, { testCard })
    if (answer.kind !== 'saved') throw new Error('The sandbox saves its cards at once')
    return payments.saveMethod(workspaceId, answer.method)
  }

  return {
    ...deps,
    ledger: openQuietRooms({ database, clock }).ledger,
    startSeller: (stepsMax, changes) => startSeller(deps, stepsMax, changes),
    addCard,
    async addCustomer(card) {
      const workspaceId = await database.transaction((tx) =>
        createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'growth' }, clock.now()),
      )
      return { workspaceId, method: await addCard(workspaceId, card) }
    },
    reconcileAll: () => reconcileAll(deps, payments),
    listPurchases: (workspaceId) => listPurchases(database, workspaceId),
    listTaken: (workspaceId) => listTaken(database, workspaceId),
    sumToppedUpMs: (workspaceId) => sumToppedUpMs(database, workspaceId),
    verify: async () => [...(await verifyLedger(database)), ...(await verifyPayments(database))],
    close: drop,
  }
}

function startSeller(
  { database, clock, gateway }: ShopDeps,
  stepsMax?: number,
  changes: SellerChanges = {},
): Seller {
  const life = createLife(stepsMax)
  const own = killableDatabase(database, life)
  const { ledger } = openQuietRooms({ database: own, clock })
  const payments = createPayments({
    database: own,
    clock,
    ledger,
    gateway: killableGateway(gateway, life),
    seller: { name: 'Talktime', address: undefined, taxId: undefined, tax: undefined },
    // Random histories decline more often than any customer may.
    cardLimits: { declinesPerHour: 1_000, declinesPerDay: 1_000, cardsPerDay: 1_000 },
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

async function reconcileAll({ database, clock }: ShopDeps, payments: Payments): Promise<void> {
  for (let open = await listOpen(database); open.length > 0; open = await listOpen(database)) {
    clock.set(Math.max(clock.now(), ...open.map(({ nextCheckAtMs }) => nextCheckAtMs)))
    await payments.reconcileDue()
    for (const purchase of open) {
      // A customer who has not confirmed for that long never will.
      if (purchase.status === 'requires_action') await payments.cancel(purchase)
    }
  }
}

type OpenPurchase = { workspaceId: string; id: string; status: string; nextCheckAtMs: number }

async function listOpen(database: Database): Promise<OpenPurchase[]> {
  const { rows } = await database.query<OpenPurchase>(
    `select workspace_id as "workspaceId", id, status, next_check_at_ms as "nextCheckAtMs" from purchases
     where next_check_at_ms is not null`,
  )
  return rows
}

async function listPurchases(database: Database, workspaceId: string) {
  const { rows } = await database.query<{ id: string; status: string; creditsMs: number }>(
    `select id, status, credits_ms as "creditsMs" from purchases where workspace_id = $1 order by id`,
    [workspaceId],
  )
  return rows
}

async function listTaken(database: Database, workspaceId: string) {
  const { rows } = await database.query<{ purchaseId: string; amountMinor: number }>(
    `select c.idempotency_key as "purchaseId", c.amount_minor as "amountMinor" from sandbox_charges c
     join payment_customers k on k.ref = c.customer_ref
     where k.workspace_id = $1 and c.status = 'succeeded' order by c.idempotency_key`,
    [workspaceId],
  )
  return rows
}

async function sumToppedUpMs(database: Database, workspaceId: string): Promise<number> {
  const { rows } = await database.query<{ sum: number }>(
    `select coalesce(sum(amount_ms), 0)::bigint as sum from ledger_entries
     where workspace_id = $1 and kind = 'top_up'`,
    [workspaceId],
  )
  return rows[0]?.sum ?? 0
}
