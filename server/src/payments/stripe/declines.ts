import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'

/** Why a charge failed: one of the codes common in the field, and a sentence for the customer. */
export type Decline = { readonly code: string; readonly message: string; readonly class: DeclineClass }

/** What Stripe says about a failed charge, in `last_payment_error` or in an error of the API. */
export type StripeReason = {
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
  readonly advice_code?: string | undefined
}

const declines = {
  card_declined: { class: 'soft', message: 'The bank declined the card. Use another card, or ask the bank.' },
  insufficient_funds: { class: 'soft', message: 'The card has insufficient funds. Use another card.' },
  limit_exceeded: {
    class: 'soft',
    message: 'The payment is above the card’s limit. Use another card, or try again later.',
  },
  processing_error: {
    class: 'soft',
    message: 'The bank could not process the payment. Nothing was charged; try again later.',
  },
  authentication_failed: {
    class: 'soft',
    message: 'The payment was not confirmed with the bank. Nothing was charged.',
  },
  authentication_required: {
    class: 'action_required',
    message: 'The bank wants this payment to be confirmed. Nothing was charged.',
  },
  canceled: { class: 'soft', message: 'The payment was given up before it was confirmed.' },
  expired_card: { class: 'hard', message: 'The card has expired. Use another card.' },
  incorrect_card: {
    class: 'hard',
    message: 'The card’s details are wrong or out of date. Add it again, or use another card.',
  },
  card_not_supported: {
    class: 'hard',
    message: 'The card cannot be used for payments of this kind. Use another card.',
  },
  card_not_found: {
    class: 'hard',
    message: 'The bank does not know the card any more. Use another card.',
  },
  payment_refused: {
    class: 'hard',
    message: 'This payment cannot be made. Nothing was charged; ask the operator of this service.',
  },
} as const satisfies Record<string, { readonly class: DeclineClass; readonly message: string }>

type DeclineCode = keyof typeof declines

/**
 * Our codes by Stripe's (https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes). With any other
 * code, the bank declined without a reason.
 */
const codesByStripeCode: Readonly<Record<string, DeclineCode>> = {
  insufficient_funds: 'insufficient_funds',
  card_velocity_exceeded: 'limit_exceeded',
  withdrawal_count_limit_exceeded: 'limit_exceeded',
  processing_error: 'processing_error',
  issuer_not_available: 'processing_error',
  reenter_transaction: 'processing_error',
  try_again_later: 'processing_error',
  authentication_required: 'authentication_required',
  payment_intent_authentication_failure: 'authentication_failed',
  authentication_not_handled: 'authentication_failed',
  expired_card: 'expired_card',
  incorrect_address: 'incorrect_card',
  incorrect_cvc: 'incorrect_card',
  incorrect_number: 'incorrect_card',
  incorrect_zip: 'incorrect_card',
  invalid_account: 'incorrect_card',
  invalid_cvc: 'incorrect_card',
  invalid_expiry_month: 'incorrect_card',
  invalid_expiry_year: 'incorrect_card',
  invalid_number: 'incorrect_card',
  new_account_information_available: 'incorrect_card',
  card_not_supported: 'card_not_supported',
  currency_not_supported: 'card_not_supported',
}

/**
 * Stripe's codes of declines after which a card is not tried again (https://docs.stripe.com/declines/codes). The
 * customer does not learn the reason: a stolen card is reported like any other decline.
 */
const hopeless: ReadonlySet<string> = new Set([
  'do_not_try_again',
  'fraudulent',
  'lost_card',
  'merchant_blacklist',
  'not_permitted',
  'pickup_card',
  'restricted_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'security_violation',
  'service_not_allowed',
  'stolen_card',
  'stop_payment_order',
  'testmode_decline',
  'transaction_not_allowed',
])

/** Converts the failure of a charge to a decline. */
export function readDecline(reason: StripeReason | null): Decline {
  const { code, decline_code: declineCode, advice_code: advice } = reason ?? {}
  // The bank's own code says more than Stripe's, which is usually `card_declined`.
  const found = codesByStripeCode[declineCode ?? ''] ?? codesByStripeCode[code ?? ''] ?? 'card_declined'
  const decline = createDecline(found)
  const isHopeless = hopeless.has(declineCode ?? '') || advice === 'do_not_try_again'
  return isHopeless && decline.class === 'soft' ? { ...decline, class: 'hard' } : decline
}

/** Converts a refusal of the charge request, before any bank was asked, to a decline. */
export function readRefusal(error: {
  readonly code?: string | undefined
  readonly param?: string | undefined
}): Decline {
  const isAboutCard = error.param === 'payment_method' || error.code === 'payment_method_unactivated'
  return createDecline(isAboutCard ? 'card_not_found' : 'payment_refused')
}

export function createDecline(code: DeclineCode): Decline {
  return { code, ...declines[code] }
}
