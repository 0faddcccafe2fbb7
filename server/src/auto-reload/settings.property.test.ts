import { assertNever } from '@talktime/core/exhaustive'
import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { type TestApp, testApp } from '../../test/app.ts'
import {
  type Choice,
  ordinaryChoice,
  type ReloadCustomer,
  reloadCustomer,
} from '../../test/reload-customer.ts'
import { closeInOrder, instant } from '../../test/voice-stack.ts'
import { testCards } from '../payments/gateway.ts'

const CAP_MINOR = 5_000

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

type Action =
  | { readonly kind: 'save'; readonly choice: Choice }
  | { readonly kind: 'card'; readonly card: (typeof testCards)[number] }
  | { readonly kind: 'remove_card' | 'old_card' | 'confirm' | 'refuse' | 'cancel' | 'buy' }
  | { readonly kind: 'plan'; readonly planId: string }
  | { readonly kind: 'zone'; readonly timeZone: string }
  | { readonly kind: 'balance'; readonly credits: number }
  | { readonly kind: 'talk'; readonly minutes: number }
  | { readonly kind: 'wait'; readonly ms: number }

const choice: fc.Arbitrary<Choice> = fc.record({
  enabled: fc.boolean(),
  thresholdCredits: fc.constantFrom(5, 50, 500),
  packageId: fc.constant('credits_100'),
  quantity: fc.integer({ min: 1, max: 3 }),
  monthlyCap: fc.constant({ minor: CAP_MINOR, currency: 'USD' }),
})

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('card' as const), card: fc.constantFrom(...testCards) }),
  fc.record({
    kind: fc.constantFrom('remove_card', 'old_card', 'confirm', 'refuse', 'cancel', 'buy' as const),
  }),
  fc.record({
    kind: fc.constant('plan' as const),
    planId: fc.constantFrom('free', 'starter', 'growth', 'scale'),
  }),
  fc.record({
    kind: fc.constant('zone' as const),
    timeZone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Los_Angeles'),
  }),
  fc.record({ kind: fc.constant('balance' as const), credits: fc.integer({ min: -20, max: 600 }) }),
  fc.record({ kind: fc.constant('talk' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.constantFrom(5_000, HOUR_MS, DAY_MS, 10 * DAY_MS, 35 * DAY_MS),
  }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('save' as const), choice }) },
)

async function perform(customer: ReloadCustomer, done: Action): Promise<void> {
  const { ask } = customer
  const cards = async () => (await ask('GET', '/v1/payment-methods')).body.data
  switch (done.kind) {
    case 'save':
      await customer.save(done.choice)
      return
    case 'card':
      await customer.addCard(done.card)
      return
    case 'remove_card':
      await ask('DELETE', `/v1/payment-methods/${(await cards())[0]?.id}`)
      return
    case 'old_card':
      await ask('POST', `/v1/payment-methods/${(await cards()).at(-1)?.id}/default`)
      return
    case 'confirm':
    case 'refuse':
      return decideAtBank(customer, done.kind)
    case 'cancel': {
      const [latest] = await customer.reloads()
      if (latest) await ask('POST', `/v1/purchases/${latest.id}/cancel`)
      return
    }
    case 'buy':
      await ask('POST', '/v1/purchases', { body: { packageId: 'credits_100', quantity: 1 } })
      return
    case 'plan':
      await ask('POST', '/v1/subscription', { body: { planId: done.planId } })
      return
    case 'zone':
      await ask('PATCH', '/v1/workspace', { body: { timeZone: done.timeZone } })
      return
    case 'balance':
      return customer.setBalance(done.credits)
    case 'talk':
      return talk(customer, done.minutes)
    case 'wait':
      t.clock.advance(done.ms)
      return
    default:
      return assertNever(done)
  }
}

/** Makes a call, which may be refused. */
async function talk({ ask, agentId }: ReloadCustomer, minutes: number): Promise<void> {
  const at = instant(t.clock.now() - minutes * 60_000)
  const { status, body } = await ask('POST', '/v1/calls', { body: { agentId, direction: 'web', at } })
  if (status !== 201) return
  await ask('POST', `/v1/calls/${body.id}/answer`, { body: { at } })
  await ask('POST', `/v1/calls/${body.id}/end`)
}

async function decideAtBank(customer: ReloadCustomer, decision: 'confirm' | 'refuse'): Promise<void> {
  const waiting = (await customer.reloads()).find(({ status }) => status === 'requires_action')
  if (waiting === undefined) return
  const { pathname } = new URL(waiting.actionUrl ?? '')
  const path = `${pathname}/${decision === 'confirm' ? 'confirm' : 'decline'}`
  await t.request('POST', path, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
}

/** Computes the most that reloads cost in any calendar month of UTC. */
async function computeMostSpentInAMonth(customer: ReloadCustomer): Promise<number> {
  const spent = new Map<string, number>()
  for (const { status, createdAt, amount } of await customer.reloads()) {
    if (status === 'failed') continue
    const month = String(createdAt).slice(0, 7)
    spent.set(month, (spent.get(month) ?? 0) + amount.minor)
  }
  return Math.max(0, ...spent.values())
}

test('only saving changes the switch and the other settings, and the cap holds, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
      const customer = await reloadCustomer(t)
      let saved: Choice = { ...ordinaryChoice, monthlyCap: { minor: CAP_MINOR, currency: 'USD' } }
      await customer.save(saved)
      for (const done of actions) {
        await perform(customer, done)
        const now = await customer.autoReload()
        // The Free plan refuses to save.
        if (done.kind === 'save' && now.state !== 'plan_required') saved = done.choice
        await t.app.runDue()
        expect(await customer.autoReload()).toMatchObject(saved)
      }
      await t.app.runDue()
      // A month may begin twice if the workspace changes its time zone.
      if (actions.some(({ kind }) => kind === 'zone')) return
      expect(await computeMostSpentInAMonth(customer)).toBeLessThanOrEqual(CAP_MINOR)
    }),
    propertyRuns(8),
  )
})
