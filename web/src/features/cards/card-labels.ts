import type { PaymentMethod, TestCard } from '../../api/types.ts'

const brands: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** Names a card: `Visa •••• 4242`. */
export function cardInWords({ brand, lastFour }: { brand: string; lastFour: string }): string {
  const name = brands[brand] ?? brand.slice(0, 1).toUpperCase() + brand.slice(1)
  return `${name} •••• ${lastFour}`
}

/** The last month in which a card is valid: `12/2029`. */
export function expiryInWords({ expMonth, expYear }: Pick<PaymentMethod, 'expMonth' | 'expYear'>): string {
  return `${String(expMonth).padStart(2, '0')}/${expYear}`
}

/** Whether a card has expired. It is valid to the end of its month. */
export function isExpired({ expMonth, expYear }: Pick<PaymentMethod, 'expMonth' | 'expYear'>, nowMs: number) {
  return nowMs >= Date.UTC(expYear, expMonth, 1)
}

/** The sandbox's test cards and what each one does. */
export const testCards: Record<TestCard, { label: string; does: string }> = {
  success: { label: 'Success', does: 'Every payment succeeds.' },
  decline: { label: 'Decline', does: 'The bank declines every payment.' },
  insufficient_funds: {
    label: 'Insufficient funds',
    does: 'The bank declines every payment because the account has too little money.',
  },
  requires_action: {
    label: 'Confirmation',
    does: 'The bank asks you to confirm each payment on its page. You can do that later.',
  },
  unknown_outcome: {
    label: 'Unknown outcome',
    does: 'The bank charges the card, but its response is lost. Talktime finds out a few seconds later.',
  },
}
