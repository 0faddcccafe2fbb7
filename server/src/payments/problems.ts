import { problemTypes } from '../platform/problem.ts'

/** The problems with cards and purchases. */
export const paymentProblems = problemTypes({
  payment_declined: {
    status: 402,
    title: 'The payment was declined',
    retryable: false,
    cause:
      'The card was declined. `failure` gives the reason and a sentence for the customer; `purchaseId` names the purchase.',
    remedy: 'Use another card, or correct what `failure` names.',
  },
  too_many_declines: {
    status: 429,
    title: 'Too many payments were declined',
    retryable: true,
    cause:
      'Too many charges of the workspace were declined in the last hour or day. Neither purchases nor new cards are accepted until fewer were.',
    remedy: 'Wait as long as `Retry-After` says. Ask the bank why it declines before you try again.',
  },
  too_many_cards: {
    status: 429,
    title: 'Too many cards were added',
    retryable: true,
    cause: 'The workspace has added as many cards in a day as it may.',
    remedy: 'Wait as long as `Retry-After` says, or use a card that is saved already.',
  },
  payment_method_required: {
    status: 409,
    title: 'A card is required',
    retryable: false,
    cause: 'There is no card to charge.',
    remedy: 'Add a card first.',
  },
  payment_pending: {
    status: 409,
    title: 'A payment is still in progress',
    retryable: false,
    cause: 'A purchase by auto-reload, a change of plan or a renewal is still waiting for its payment.',
    remedy: 'Finish or cancel that payment first. `GET /v1/purchases` lists the purchases.',
  },
  payment_method_not_found: {
    status: 404,
    title: 'Card not found',
    retryable: false,
    cause: 'The workspace has no card with this id, or it was removed.',
    remedy: '`GET /v1/payment-methods` lists the cards.',
  },
  purchase_not_found: {
    status: 404,
    title: 'Purchase not found',
    retryable: false,
    cause: 'The workspace has no purchase with this id.',
    remedy: '`GET /v1/purchases` lists the purchases.',
  },
})
