import { expect } from 'vitest'
import { verifyLedger } from '../src/ledger/index.ts'
import type { TestCard } from '../src/payments/gateway.ts'
import { verifyPayments } from '../src/payments/verify.ts'
import type { KeyedWorkspace, TestApp, TestBody } from './app.ts'

/** 2 × 100 credits for $24.00. */
export const order = { packageId: 'credits_100', quantity: 2 }

/** Workspaces that buy credits over HTTP. `readApp` returns the app, which starts after the test file is loaded. */
export function createBuyers(readApp: () => TestApp) {
  async function addCard(workspace: KeyedWorkspace, testCard: TestCard): Promise<TestBody> {
    const { request, clock } = readApp()
    const { key } = workspace
    const { status, body } = await request('POST', '/v1/payment-methods', { key, body: { testCard } })
    expect(status).toBe(201)
    // The newest card is the default, so no two may be added in the same millisecond.
    clock.advance(1)
    return body
  }

  return {
    addCard,
    /** Adds a workspace on a plan, with a card if one is named. */
    async addWorkspace(card?: TestCard, planId = 'growth'): Promise<KeyedWorkspace> {
      const workspace = await readApp().addWorkspace({ planId })
      if (card !== undefined) await addCard(workspace, card)
      return workspace
    },
    buy(workspace: KeyedWorkspace, options: { idempotencyKey?: string; body?: unknown } = {}) {
      return readApp().request('POST', '/v1/purchases', { key: workspace.key, body: order, ...options })
    },
    async readTopUpCredits({ key }: KeyedWorkspace): Promise<unknown> {
      const { body } = await readApp().request<{ topUp: { remaining: { credits: number } } }>(
        'GET',
        '/v1/balance',
        { key },
      )
      return body.topUp.remaining.credits
    },
    async listPurchases({ key }: KeyedWorkspace): Promise<readonly TestBody[]> {
      return (await readApp().request('GET', '/v1/purchases', { key })).body.data
    },
    async expectAllAddsUp(): Promise<void> {
      const { database } = readApp()
      expect(await verifyLedger(database)).toEqual([])
      expect(await verifyPayments(database)).toEqual([])
    },
    /** Puts a workspace, `ws_…`, on another plan without a charge. */
    async subscribe(workspaceId: string, planId: string): Promise<void> {
      await readApp().database.query(
        `update subscriptions s set plan_id = p.id, terms = s.terms || jsonb_build_object('paid', p.paid)
         from plans p where p.id = $2 and replace(s.workspace_id::text, '-', '') = $1`,
        [workspaceId.replace('ws_', ''), planId],
      )
    },
  }
}
