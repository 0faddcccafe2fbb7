import { expect, test } from 'vitest'
import { readDecline, readRefusal } from './declines.ts'

test.each([
  // Stripe's code, the bank's code, Stripe's advice → our code, class
  ['card_declined', 'generic_decline', undefined, 'card_declined', 'soft'],
  ['card_declined', 'do_not_honor', undefined, 'card_declined', 'soft'],
  ['card_declined', 'do_not_honor', 'try_again_later', 'card_declined', 'soft'],
  ['card_declined', 'do_not_honor', 'do_not_try_again', 'card_declined', 'hard'],
  ['card_declined', 'a_code_of_tomorrow', undefined, 'card_declined', 'soft'],
  ['card_declined', undefined, undefined, 'card_declined', 'soft'],
  ['card_declined', 'insufficient_funds', undefined, 'insufficient_funds', 'soft'],
  ['card_declined', 'insufficient_funds', 'do_not_try_again', 'insufficient_funds', 'hard'],
  ['card_declined', 'card_velocity_exceeded', undefined, 'limit_exceeded', 'soft'],
  ['processing_error', 'processing_error', undefined, 'processing_error', 'soft'],
  ['card_declined', 'issuer_not_available', undefined, 'processing_error', 'soft'],
  ['expired_card', 'expired_card', undefined, 'expired_card', 'hard'],
  ['expired_card', undefined, undefined, 'expired_card', 'hard'],
  ['incorrect_number', 'incorrect_number', undefined, 'incorrect_card', 'hard'],
  ['card_declined', 'new_account_information_available', 'confirm_card_data', 'incorrect_card', 'hard'],
  ['card_declined', 'currency_not_supported', undefined, 'card_not_supported', 'hard'],
  ['card_declined', 'revocation_of_all_authorizations', undefined, 'card_declined', 'hard'],
  [
    'authentication_required',
    'authentication_required',
    undefined,
    'authentication_required',
    'action_required',
  ],
  ['card_declined', 'authentication_required', undefined, 'authentication_required', 'action_required'],
  ['payment_intent_authentication_failure', undefined, undefined, 'authentication_failed', 'soft'],
] as const)('%s, %s, advice %s: %s, %s', (code, declineCode, advice, ours, declineClass) => {
  const decline = readDecline({ code, decline_code: declineCode, advice_code: advice })
  expect([decline.code, decline.class]).toEqual([ours, declineClass])
  expect(decline.message).toMatch(/^[A-Z].*\.$/)
})

test.each(['stolen_card', 'lost_card', 'pickup_card', 'fraudulent', 'merchant_blacklist'])(
  'a card declined as %s is not charged again, and the customer does not learn why',
  (declineCode) => {
    const decline = readDecline({ code: 'card_declined', decline_code: declineCode })
    expect(decline).toEqual({ ...readDecline(null), class: 'hard' })
  },
)

test.each([
  [{ code: 'resource_missing', param: 'payment_method' }, 'card_not_found'],
  [{ code: 'resource_missing', param: 'customer' }, 'payment_refused'],
  [{ code: 'amount_too_small', param: 'amount' }, 'payment_refused'],
  [{}, 'payment_refused'],
])('a request that Stripe refuses for %o is %s, and is not repeated', (error, code) => {
  expect(readRefusal(error)).toMatchObject({ code, class: 'hard' })
})
