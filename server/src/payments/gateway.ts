import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'

/** A charge as the gateway sees it. Money in minor units with its ISO 4217 currency. */
export type ChargeRequest = {
  /** The purchase's UUID: the gateway's idempotency key. The same id never charges twice. */
  readonly purchaseId: string
  readonly workspaceId: string
  readonly amountMinor: number
  readonly currency: string
  /** The gateway's own references, as it gave them out. */
  readonly customerRef: string
  readonly methodRef: string
  /** The gateway's reference of the charge, where an earlier answer told it. */
  readonly chargeRef: string | null
  /** Nobody sits before the screen: auto-reload and renewals. */
  readonly offSession: boolean
  /** One line for the card's statement and the receipt. */
  readonly description: string
  /** Where the customer's browser goes when a page of the gateway's is done. */
  readonly returnUrl: string
}

/** What is known of a charge. */
export type ChargeOutcome =
  | { readonly outcome: 'succeeded'; readonly chargeRef: string }
  | {
      readonly outcome: 'declined'
      readonly chargeRef: string | null
      /** From the field's usual codes: card_declined, insufficient_funds, expired_card … */
      readonly code: string
      /** A sentence for the customer. */
      readonly message: string
      readonly class: DeclineClass
    }
  /** The customer has to confirm with their bank, at `actionUrl`; now or later. */
  | { readonly outcome: 'requires_action'; readonly chargeRef: string; readonly actionUrl: string }
  /** Accepted; the gateway will tell. */
  | { readonly outcome: 'pending'; readonly chargeRef: string }
  /** No answer came, or one that says nothing: it may have been charged. Never charge anew under another id. */
  | { readonly outcome: 'unknown' }

/** The gateway never heard of this purchase: charging it, under the same id, is safe. */
export type NotFound = { readonly outcome: 'not_found' }

/** The cards of the sandbox bank, named after what they do. */
export const testCards = [
  'success',
  'decline',
  'insufficient_funds',
  'requires_action',
  'unknown_outcome',
] as const

export type TestCard = (typeof testCards)[number]

/** A saved card as the gateway describes it. */
export type SavedMethod = {
  readonly methodRef: string
  readonly brand: string
  readonly lastFour: string
  readonly expMonth: number
  readonly expYear: number
  /** The sandbox's cards say which they are. */
  readonly testCard?: TestCard
}

export type MethodRequest = {
  /** What the customer sent; undefined: nothing. A gateway takes what it knows and refuses the rest. */
  readonly testCard: TestCard | undefined
  /** Where the customer's browser goes when a page of the gateway's is done. */
  readonly returnUrl: string
}

export type MethodAnswer =
  | { readonly kind: 'saved'; readonly method: SavedMethod }
  /** The customer types the card into a page of the gateway's; the card is saved (`saveMethod`) when it tells us. */
  | { readonly kind: 'set_up'; readonly setupUrl: string }

/** The port behind which a payment provider stands. Calls never run inside a database transaction. */
export type Gateway = {
  readonly name: 'sandbox' | 'stripe'
  /** The customer's reference; made at the first time, the same afterwards. */
  customer(workspace: {
    readonly workspaceId: string
    readonly name: string
    readonly email: string | null
  }): Promise<string>
  charge(intent: ChargeRequest): Promise<ChargeOutcome>
  /** What became of a charge, asked without charging. */
  lookUp(intent: ChargeRequest): Promise<ChargeOutcome | NotFound>
  /**
   * Gives up a charge that waits for the customer, so that it cannot be confirmed any more: `declined` with the code
   * `canceled` and the class `soft`. Where it is over already, what became of it.
   */
  cancel(intent: ChargeRequest): Promise<ChargeOutcome | NotFound>
  /** Saves a card of the customer's. Throws Problem `invalid_request` for a request that is not for this gateway. */
  addMethod(customerRef: string, request: MethodRequest): Promise<MethodAnswer>
  /** Forgets a saved card. Forgetting it twice is no error. */
  removeMethod(customerRef: string, methodRef: string): Promise<void>
}
