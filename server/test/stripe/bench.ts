import type { TestCard } from '../../src/payments/gateway.ts'
import type { StripeGateway } from '../../src/payments/stripe/gateway.ts'
import { publicId } from '../../src/public-ids.ts'
import type { GatewayBench } from '../gateway-contract.ts'

import type { Payment, StripeTestCard } from './books-state.ts'
import type { FakeStripe } from './fake-stripe.ts'

const cardsByTestCard: Record<TestCard, StripeTestCard> = {
  success: 'visa',
  decline: 'declined',
  insufficient_funds: 'insufficient_funds',
  requires_action: 'wants_confirmation',
  unknown_outcome: 'visa',
}

/** Finds every PaymentIntent of a purchase. */
export function findPayments(stripe: FakeStripe, purchaseId: string): Payment[] {
  const name = publicId('purchase', purchaseId)
  return [...stripe.books.payments.values()].filter((one) => one.metadata.talktime_purchase === name)
}

/** Prepares Stripe for the tests of the gateway contract. */
export function stripeBench(stripe: FakeStripe, gateway: StripeGateway): GatewayBench {
  return {
    gateway,
    async saveCard(testCard) {
      const customer = stripe.books.createCustomer({})
      const method = stripe.books.addMethod(customer.id, cardsByTestCard[testCard])
      // The SDK repeats a request whose connection broke, so the repeat has to be lost as well.
      const lost = { kind: 'connection_lost', when: 'after' } as const
      if (testCard === 'unknown_outcome') stripe.fail('POST', /payment_intents$/, lost, lost)
      return { customerRef: customer.id, methodRef: method.id }
    },
    async finish(actionUrl, decision) {
      const name = actionUrl.split('/').at(-1)
      const payment = [...stripe.books.payments.values()].find(
        (one) => one.metadata.talktime_purchase === name,
      )
      const page = await gateway.findConfirmationUrl({
        chargeRef: payment?.id ?? '',
        purchaseId: name?.replace('pur_', '') ?? '',
        returnUrl: 'https://talktime.example.com/stripe/return',
      })
      if (page === undefined) throw new Error('There is nothing to confirm')
      await fetch(`${page}?decision=${decision}`, { redirect: 'manual' })
    },
    async listTaken(purchaseId) {
      return findPayments(stripe, purchaseId)
        .filter(({ status }) => status === 'succeeded')
        .map(({ amount_received }) => amount_received)
    },
  }
}
