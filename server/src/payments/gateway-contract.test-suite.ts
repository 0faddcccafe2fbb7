import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ChargeOutcome, ChargeRequest, Gateway, TestCard } from './gateway.ts'

/** A gateway with its bank, as the contract needs them. */
export type GatewayBench = {
  readonly gateway: Gateway
  /** A saved card of a customer's that does what its name says. */
  card(testCard: TestCard): Promise<{ readonly customerRef: string; readonly methodRef: string }>
  /** What the customer does at the bank's page; anything but a success there is the bank's to ignore. */
  finish(actionUrl: string, decision: 'confirm' | 'decline'): Promise<void>
  /** Every amount that the bank took for the purchase, in minor units. */
  taken(purchaseId: string): Promise<readonly number[]>
}

export type ContractCase = { readonly name: string; run(bench: GatewayBench): Promise<void> }

/**
 * What payments rely on, whatever gateway stands behind the port. For the tests of an adapter:
 * `for (const { name, run } of gatewayContract) test(name, () => run(bench))`.
 */
export const gatewayContract: readonly ContractCase[] = [
  {
    name: 'a workspace is the same customer every time',
    async run({ gateway }) {
      const workspace = { workspaceId: randomUUID(), name: 'Acme', email: 'ada@example.com' }
      const refs = await Promise.all([gateway.customer(workspace), gateway.customer(workspace)])
      assert.equal(refs[0], refs[1])
      assert.notEqual(await gateway.customer({ ...workspace, workspaceId: randomUUID() }), refs[0])
    },
  },
  {
    name: 'a good card is charged, and a look-up says so',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      const outcome = await bench.gateway.charge(intent)
      assert.equal(outcome.outcome, 'succeeded')
      assert.deepEqual(await bench.gateway.lookUp(intent), outcome)
      assert.deepEqual(await bench.gateway.lookUp({ ...intent, chargeRef: refOf(outcome) }), outcome)
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase is charged once, however often it is asked for',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      const first = await bench.gateway.charge(intent)
      assert.deepEqual(await bench.gateway.charge(intent), first)
      assert.deepEqual(await bench.gateway.charge({ ...intent, chargeRef: refOf(first) }), first)
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase is charged once, also when it is asked for many times at once',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => bench.gateway.charge(intent)))
      // Whoever is turned away while another is being answered may know nothing, but never something else.
      for (const { outcome } of outcomes) assert.match(outcome, /^(succeeded|pending|unknown)$/)
      assert.equal((await bench.gateway.lookUp(intent)).outcome, 'succeeded')
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase that is asked for again with another amount takes no second amount',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      await bench.gateway.charge(intent)
      await bench.gateway.charge({ ...intent, amountMinor: 9900 }).catch(() => {})
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  ...(['decline', 'insufficient_funds'] as const).map(
    (card): ContractCase => ({
      name: `the card "${card}" is declined, in words for the customer; it may be tried again`,
      async run(bench) {
        const intent = await intentOn(bench, card)
        const outcome = await bench.gateway.charge(intent)
        assert(outcome.outcome === 'declined', `declined, not ${outcome.outcome}`)
        assert.equal(outcome.code, card === 'decline' ? 'card_declined' : 'insufficient_funds')
        assert.equal(outcome.class, 'soft')
        assert.match(outcome.message, /^[A-Z].*\.$/)
        assert.equal((await bench.gateway.lookUp(intent)).outcome, 'declined')
        assert.deepEqual(await bench.taken(intent.purchaseId), [])
      },
    }),
  ),
  ...([false, true] as const).map(
    (offSession): ContractCase => ({
      name: `a bank that wants a confirmation takes nothing until it has it (${offSession ? 'off' : 'on'} session)`,
      async run(bench) {
        const intent = { ...(await intentOn(bench, 'requires_action')), offSession }
        const outcome = await bench.gateway.charge(intent)
        assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
        assert.deepEqual(await bench.taken(intent.purchaseId), [])
        assert.equal((await bench.gateway.lookUp(intent)).outcome, 'requires_action')
        await bench.finish(outcome.actionUrl, 'confirm')
        assert.equal((await bench.gateway.lookUp(intent)).outcome, 'succeeded')
        assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
      },
    }),
  ),
  {
    name: 'a confirmation that is refused is a decline',
    async run(bench) {
      const intent = await intentOn(bench, 'requires_action')
      const outcome = await bench.gateway.charge(intent)
      assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
      await bench.finish(outcome.actionUrl, 'decline')
      assert.equal((await bench.gateway.lookUp(intent)).outcome, 'declined')
      assert.deepEqual(await bench.taken(intent.purchaseId), [])
    },
  },
  {
    name: 'a charge that is given up cannot be confirmed any more',
    async run(bench) {
      const intent = await intentOn(bench, 'requires_action')
      const outcome = await bench.gateway.charge(intent)
      assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
      const given = await bench.gateway.cancel({ ...intent, chargeRef: outcome.chargeRef })
      assert(given.outcome === 'declined', `declined, not ${given.outcome}`)
      assert.deepEqual([given.code, given.class], ['canceled', 'soft'])
      await bench.finish(outcome.actionUrl, 'confirm').catch(() => {})
      assert.equal((await bench.gateway.lookUp(intent)).outcome, 'declined')
      assert.deepEqual(await bench.taken(intent.purchaseId), [])
    },
  },
  {
    name: 'what is over cannot be given up: the answer says what became of it',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      assert.deepEqual(await bench.gateway.cancel(intent), { outcome: 'not_found' })
      const outcome = await bench.gateway.charge(intent)
      assert.deepEqual(await bench.gateway.cancel({ ...intent, chargeRef: refOf(outcome) }), outcome)
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  {
    name: 'an answer that gets lost is unknown; a look-up finds out, and asking again charges nothing more',
    async run(bench) {
      const intent = await intentOn(bench, 'unknown_outcome')
      assert.deepEqual(await bench.gateway.charge(intent), { outcome: 'unknown' })
      assert.equal((await bench.gateway.lookUp(intent)).outcome, 'succeeded')
      await bench.gateway.charge(intent)
      assert.deepEqual(await bench.taken(intent.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase the gateway never heard of is not found, and looking charges nothing',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      assert.deepEqual(await bench.gateway.lookUp(intent), { outcome: 'not_found' })
      assert.deepEqual(await bench.taken(intent.purchaseId), [])
    },
  },
  {
    name: 'a removed card is never charged; removing it again is no error',
    async run(bench) {
      const intent = await intentOn(bench, 'success')
      await bench.gateway.removeMethod(intent.customerRef, intent.methodRef)
      await bench.gateway.removeMethod(intent.customerRef, intent.methodRef)
      const outcome = await bench.gateway.charge(intent)
      assert(outcome.outcome === 'declined', `declined, not ${outcome.outcome}`)
      assert.equal(outcome.class, 'hard')
      assert.deepEqual(await bench.taken(intent.purchaseId), [])
    },
  },
]

async function intentOn(bench: GatewayBench, testCard: TestCard): Promise<ChargeRequest> {
  const purchaseId = randomUUID()
  return {
    purchaseId,
    workspaceId: randomUUID(),
    amountMinor: 2400,
    currency: 'USD',
    ...(await bench.card(testCard)),
    chargeRef: null,
    offSession: false,
    description: '2 × 100 credits',
    returnUrl: `https://talktime.example.com/billing?purchase=${purchaseId}`,
  }
}

function refOf(outcome: ChargeOutcome): string | null {
  return 'chargeRef' in outcome ? outcome.chargeRef : null
}
