import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const paymentProblems = problemTypes({
  payment_declined: { status: 402, title: 'The payment was declined', retryable: false },
  payment_method_required: { status: 409, title: 'A card is required', retryable: false },
  payment_pending: { status: 409, title: 'A payment is still under way', retryable: false },
  payment_method_not_found: { status: 404, title: 'There is no such card', retryable: false },
  purchase_not_found: { status: 404, title: 'There is no such purchase', retryable: false },
})
