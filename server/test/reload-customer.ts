import { expect } from 'vitest'
import type { z } from 'zod'
import type { AttemptResponse, AutoReloadResponse } from '../src/auto-reload/response-schemas.ts'
import type { TestCard } from '../src/payments/gateway.ts'
import type { Ask, TestAnswer, TestApp, TestBody } from './app.ts'
import { connectVoiceStack, instant, type VoiceStack } from './voice-stack.ts'

export type AutoReloadAnswer = z.infer<typeof AutoReloadResponse>
export type AttemptAnswer = z.infer<typeof AttemptResponse>

/** Buys 2 × 100 credits for $24.00 when the balance drops below 20 credits, for at most $240.00 a month. */
export const ordinaryChoice = {
  enabled: true,
  thresholdCredits: 20,
  packageId: 'credits_100',
  quantity: 2,
  monthlyCap: { minor: 24_000, currency: 'USD' },
}

export type Choice = Omit<typeof ordinaryChoice, 'monthlyCap'> & {
  readonly monthlyCap: { readonly minor: number; readonly currency: string } | null
}

export type PurchaseAnswer = TestBody & {
  readonly status: string
  readonly origin: string
  readonly credits: { milliseconds: number; credits: number }
  readonly amount: { minor: number; currency: string }
  readonly actionUrl: string | null
}

/** A workspace with auto-reload, used over HTTP with the workspace's key. */
export type ReloadCustomer = VoiceStack & {
  /** Adds a card, which becomes the default. Returns its id. */
  addCard(card: TestCard): Promise<string>
  /** Sets the balance with an adjustment by the operator. */
  setBalance(credits: number): Promise<void>
  credits(): Promise<number>
  /** Makes a whole call of this length that ends now. `ask` sends it to another server. */
  talkFor(durationMs: number, ask?: Ask): Promise<void>
  save(choice?: Partial<Choice>): Promise<TestAnswer<AutoReloadAnswer>>
  autoReload(): Promise<AutoReloadAnswer>
  /** The attempts, newest first. */
  attempts(): Promise<AttemptAnswer[]>
  /** The purchases by auto-reload, newest first. */
  reloads(): Promise<PurchaseAnswer[]>
  /** How many charges the bank was asked for. */
  charges(): Promise<number>
}

/** Creates a customer on a paid plan with a card, unless `options` say otherwise. */
export async function reloadCustomer(
  t: TestApp,
  options: { planId?: string; timeZone?: string; card?: TestCard | null } = {},
): Promise<ReloadCustomer> {
  const { card = 'success', ...workspace } = options
  const stack = await connectVoiceStack(t, workspace)
  const { ask } = stack
  const customer: ReloadCustomer = {
    ...stack,
    async addCard(testCard) {
      // Cards added in the same millisecond are in no particular order.
      t.clock.advance(1)
      const { status, body } = await ask('POST', '/v1/payment-methods', { body: { testCard } })
      expect(status).toBe(201)
      await t.app.autoReload.idle()
      return body.id
    },
    async setBalance(credits) {
      const { balance } = await stack.balance()
      const milliseconds = credits * 60_000 - balance.milliseconds
      if (milliseconds === 0) return
      const grant = { milliseconds, kind: 'adjustment', reason: 'For a test' }
      const path = `/v1/workspaces/${stack.workspaceId}/grants`
      const { status } = await t.request('POST', path, { key: t.operatorKey, body: grant })
      expect(status).toBe(201)
    },
    credits: async () => (await stack.balance()).balance.credits,
    async talkFor(durationMs, asked = ask) {
      const key = stack.key
      const at = instant(t.clock.now() - durationMs)
      const call = { agentId: stack.agentId, direction: 'inbound', at }
      const { body } = await asked('POST', '/v1/calls', { key, body: call })
      await asked('POST', `/v1/calls/${body.id}/answer`, { key, body: { at } })
      const ended = await asked('POST', `/v1/calls/${body.id}/end`, { key })
      expect(ended.status).toBe(200)
    },
    save: (choice = {}) => ask('PUT', '/v1/auto-reload', { body: { ...ordinaryChoice, ...choice } }),
    autoReload: async () => (await ask<AutoReloadAnswer>('GET', '/v1/auto-reload')).body,
    attempts: async () => (await ask<{ data: AttemptAnswer[] }>('GET', '/v1/auto-reload/attempts')).body.data,
    async reloads() {
      const { body } = await ask<{ data: PurchaseAnswer[] }>('GET', '/v1/purchases?limit=200')
      return body.data.filter(({ origin }) => origin === 'auto_reload')
    },
    async charges() {
      const { rows } = await t.database.query<{ charges: number }>(
        `select count(*) as charges from sandbox_charges where customer_ref = $1`,
        [`sandbox_customer_${stack.workspaceId.replace('ws_', '')}`],
      )
      return rows[0]?.charges ?? 0
    },
  }
  if (card !== null) await customer.addCard(card)
  return customer
}
