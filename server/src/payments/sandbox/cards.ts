import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'
import type { TestCard } from '../gateway.ts'

/** How the bank answers a charge. */
export type CardBehavior =
  | { readonly kind: 'succeeds' }
  /** The card is charged, and the answer gets lost on its way. */
  | { readonly kind: 'succeeds_unheard' }
  | { readonly kind: 'wants_confirmation' }
  | { readonly kind: 'declines'; readonly code: DeclineCode }

export const testCardTraits: Record<
  TestCard,
  { readonly lastFour: string; readonly behavior: CardBehavior }
> = {
  success: { lastFour: '4242', behavior: { kind: 'succeeds' } },
  decline: { lastFour: '0002', behavior: { kind: 'declines', code: 'card_declined' } },
  insufficient_funds: { lastFour: '9995', behavior: { kind: 'declines', code: 'insufficient_funds' } },
  requires_action: { lastFour: '3184', behavior: { kind: 'wants_confirmation' } },
  unknown_outcome: { lastFour: '0119', behavior: { kind: 'succeeds_unheard' } },
}

/** The reasons for which the bank declines, with what the customer reads. */
export const declines = {
  card_declined: { class: 'soft', message: 'The bank declined the card. Use another card, or ask the bank.' },
  insufficient_funds: { class: 'soft', message: 'The card has insufficient funds. Use another card.' },
  authentication_failed: {
    class: 'soft',
    message: 'The payment was not confirmed with the bank. Nothing was charged.',
  },
  card_not_found: { class: 'hard', message: 'The bank does not know the card any more. Use another card.' },
  canceled: { class: 'soft', message: 'The payment was given up before it was confirmed.' },
} as const satisfies Record<string, { readonly class: DeclineClass; readonly message: string }>

export type DeclineCode = keyof typeof declines
