import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ChargeOutcome, ChargeRequest, Gateway, TestCard } from '../src/payments/gateway.ts'

/** A gateway and its bank, as the contract's tests use them. */
export type GatewayBench = {
  readonly gateway: Gateway
  /** Saves a card of a new customer's. It does what its name says. */
  saveCard(testCard: TestCard): Promise<{ readonly customerRef: string; readonly methodRef: string }>
  /** Decides on the bank's page. The bank ignores decisions on charges that are over. */
  finish(actionUrl: string, decision: 'confirm' | 'decline'): Promise<void>
  /** Lists the amounts, in minor units, that the bank took for a purchase. */
  listTaken(purchaseId: string): Promise<readonly number[]>
}

export type ContractCase = { readonly name: string; run(bench: GatewayBench): Promise<void> }

/**
 * The contract that each adapter of the port `Gateway` must keep. In the tests of an adapter:
 * `for (const { name, run } of gatewayContract) test(name, () => run(bench))`.
 */
export const gatewayContract: readonly ContractCase[] = [
  {
    name: 'a workspace is the same customer every time',
    async run({ gateway }) {
      const workspace = { workspaceId: randomUUID(), name: 'Acme', email: 'ada@example.com' }
      const refs = await Promise.all([gateway.createCustomer(workspace), gateway.createCustomer(workspace)])
      assert.equal(refs[0], refs[1])
      assert.notEqual(await gateway.createCustomer({ ...workspace, workspaceId: randomUUID() }), refs[0])
    },
  },
  {
    name: 'a good card is charged, and a look-up says so',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      const outcome = await bench.gateway.charge(request)
      assert.equal(outcome.outcome, 'succeeded')
      assert.deepEqual(await bench.gateway.lookUp(request), outcome)
      assert.deepEqual(await bench.gateway.lookUp({ ...request, chargeRef: readRef(outcome) }), outcome)
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase is charged once, however many times it is requested',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      const first = await bench.gateway.charge(request)
      assert.deepEqual(await bench.gateway.charge(request), first)
      assert.deepEqual(await bench.gateway.charge({ ...request, chargeRef: readRef(first) }), first)
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase is charged once, even if it is requested many times at once',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => bench.gateway.charge(request)))
      // A request that comes while another is being answered may learn nothing, but never a different outcome.
      for (const { outcome } of outcomes) assert.match(outcome, /^(succeeded|pending|unknown)$/)
      assert.equal((await bench.gateway.lookUp(request)).outcome, 'succeeded')
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  {
    name: 'a repeated request with another amount takes no second amount',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      await bench.gateway.charge(request)
      await bench.gateway.charge({ ...request, amountMinor: 9900 }).catch(() => {})
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  ...(['decline', 'insufficient_funds'] as const).map(
    (card): ContractCase => ({
      name: `the card "${card}" is declined with a sentence for the customer, and may be charged again`,
      async run(bench) {
        const request = await createRequest(bench, card)
        const outcome = await bench.gateway.charge(request)
        assert(outcome.outcome === 'declined', `declined, not ${outcome.outcome}`)
        assert.equal(outcome.code, card === 'decline' ? 'card_declined' : 'insufficient_funds')
        assert.equal(outcome.class, 'soft')
        assert.match(outcome.message, /^[A-Z].*\.$/)
        assert.equal((await bench.gateway.lookUp(request)).outcome, 'declined')
        assert.deepEqual(await bench.listTaken(request.purchaseId), [])
      },
    }),
  ),
  ...([false, true] as const).map(
    (offSession): ContractCase => ({
      name: `a bank that wants a confirmation takes nothing before it (${offSession ? 'off' : 'on'} session)`,
      async run(bench) {
        const request = { ...(await createRequest(bench, 'requires_action')), offSession }
        const outcome = await bench.gateway.charge(request)
        assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
        assert.deepEqual(await bench.listTaken(request.purchaseId), [])
        assert.equal((await bench.gateway.lookUp(request)).outcome, 'requires_action')
        await bench.finish(outcome.actionUrl, 'confirm')
        assert.equal((await bench.gateway.lookUp(request)).outcome, 'succeeded')
        assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
      },
    }),
  ),
  {
    name: 'a refused confirmation is a decline',
    async run(bench) {
      const request = await createRequest(bench, 'requires_action')
      const outcome = await bench.gateway.charge(request)
      assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
      await bench.finish(outcome.actionUrl, 'decline')
      assert.equal((await bench.gateway.lookUp(request)).outcome, 'declined')
      assert.deepEqual(await bench.listTaken(request.purchaseId), [])
    },
  },
  {
    name: 'a canceled charge can no longer be confirmed',
    async run(bench) {
      const request = await createRequest(bench, 'requires_action')
      const outcome = await bench.gateway.charge(request)
      assert(outcome.outcome === 'requires_action', `requires_action, not ${outcome.outcome}`)
      const canceled = await bench.gateway.cancel({ ...request, chargeRef: outcome.chargeRef })
      assert(canceled.outcome === 'declined', `declined, not ${canceled.outcome}`)
      assert.deepEqual([canceled.code, canceled.class], ['canceled', 'soft'])
      await bench.finish(outcome.actionUrl, 'confirm').catch(() => {})
      assert.equal((await bench.gateway.lookUp(request)).outcome, 'declined')
      assert.deepEqual(await bench.listTaken(request.purchaseId), [])
    },
  },
  {
    name: 'a charge that is over cannot be canceled; the answer is its outcome',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      assert.deepEqual(await bench.gateway.cancel(request), { outcome: 'not_found' })
      const outcome = await bench.gateway.charge(request)
      assert.deepEqual(await bench.gateway.cancel({ ...request, chargeRef: readRef(outcome) }), outcome)
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  {
    name: 'a lost answer is unknown; a look-up finds the outcome, and a repeat charges nothing more',
    async run(bench) {
      const request = await createRequest(bench, 'unknown_outcome')
      assert.deepEqual(await bench.gateway.charge(request), { outcome: 'unknown' })
      assert.equal((await bench.gateway.lookUp(request)).outcome, 'succeeded')
      await bench.gateway.charge(request)
      assert.deepEqual(await bench.listTaken(request.purchaseId), [2400])
    },
  },
  {
    name: 'a purchase that was never requested is not found, and the look-up charges nothing',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      assert.deepEqual(await bench.gateway.lookUp(request), { outcome: 'not_found' })
      assert.deepEqual(await bench.listTaken(request.purchaseId), [])
    },
  },
  {
    name: 'a removed card is never charged, and may be removed twice',
    async run(bench) {
      const request = await createRequest(bench, 'success')
      await bench.gateway.removeMethod(request.customerRef, request.methodRef)
      await bench.gateway.removeMethod(request.customerRef, request.methodRef)
      const outcome = await bench.gateway.charge(request)
      assert(outcome.outcome === 'declined', `declined, not ${outcome.outcome}`)
      assert.equal(outcome.class, 'hard')
      assert.deepEqual(await bench.listTaken(request.purchaseId), [])
    },
  },
]

async function createRequest(bench: GatewayBench, testCard: TestCard): Promise<ChargeRequest> {
  const purchaseId = randomUUID()
  return {
    purchaseId,
    workspaceId: randomUUID(),
    amountMinor: 2400,
    currency: 'USD',
    ...(await bench.saveCard(testCard)),
    chargeRef: null,
    offSession: false,
    description: '2 × 100 credits',
    returnUrl: `https://talktime.example.com/billing?purchase=${purchaseId}`,
  }
}

function readRef(outcome: ChargeOutcome): string | null {
  return 'chargeRef' in outcome ? outcome.chargeRef : null
}
