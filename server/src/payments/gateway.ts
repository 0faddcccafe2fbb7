import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'

/** A charge, as a gateway needs it. Money is in minor units of an ISO 4217 currency. */
export type ChargeRequest = {
  /** The purchase's UUID, which is the gateway's idempotency key: one id is never charged twice. */
  readonly purchaseId: string
  readonly workspaceId: string
  readonly amountMinor: number
  readonly currency: string
  /** The gateway's own references, as it issued them. */
  readonly customerRef: string
  readonly methodRef: string
  /** The gateway's reference of the charge, if an earlier answer contained it. */
  readonly chargeRef: string | null
  /** Whether no customer is present: auto-reload and renewals. */
  readonly offSession: boolean
  /** One line for the card's statement and the receipt. */
  readonly description: string
  /** Where the gateway's page sends the customer's browser when it is finished. */
  readonly returnUrl: string
}

/** What is known about a charge. */
export type ChargeOutcome =
  | { readonly outcome: 'succeeded'; readonly chargeRef: string }
  | {
      readonly outcome: 'declined'
      readonly chargeRef: string | null
      /** One of the codes common in the field: card_declined, insufficient_funds, expired_card … */
      readonly code: string
      /** A sentence for the customer. */
      readonly message: string
      readonly class: DeclineClass
    }
  /** The customer must confirm with their bank at `actionUrl`, now or later. */
  | { readonly outcome: 'requires_action'; readonly chargeRef: string; readonly actionUrl: string }
  /** The charge was accepted. The gateway will report how it ends. */
  | { readonly outcome: 'pending'; readonly chargeRef: string }
  /** No answer came, or one that decides nothing. The card may have been charged: never charge under another id. */
  | { readonly outcome: 'unknown' }

/** The gateway has no charge for this purchase, so it is safe to charge it under its id. */
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

/** A saved card, as the gateway describes it. */
export type SavedMethod = {
  readonly methodRef: string
  readonly brand: string
  readonly lastFour: string
  readonly expMonth: number
  readonly expYear: number
  /** Which test card it is; cards of the sandbox only. */
  readonly testCard?: TestCard
}

export type MethodRequest = {
  /** What the customer sent, `undefined` for nothing. A gateway refuses what it does not support. */
  readonly testCard: TestCard | undefined
  /** Where the gateway's page sends the customer's browser when it is finished. */
  readonly returnUrl: string
}

export type MethodAnswer =
  | { readonly kind: 'saved'; readonly method: SavedMethod }
  /** The customer types the card in at `setupUrl`. The gateway reports it later; then it is saved (`saveMethod`). */
  | { readonly kind: 'set_up'; readonly setupUrl: string }

/** The port for payment providers. No function of it may be called inside a database transaction. */
export type Gateway = {
  readonly name: 'sandbox' | 'stripe'
  /** Creates the workspace's customer. Returns the customer's reference, always the one from the first call. */
  createCustomer(workspace: {
    readonly workspaceId: string
    readonly name: string
    readonly email: string | null
  }): Promise<string>
  charge(request: ChargeRequest): Promise<ChargeOutcome>
  /** Finds out what became of a charge, without charging. */
  lookUp(request: ChargeRequest): Promise<ChargeOutcome | NotFound>
  /**
   * Cancels a charge that waits for the customer, so that it can no longer be confirmed. Returns `declined` with the
   * code `canceled` and the class `soft`, or the outcome of a charge that had already ended.
   */
  cancel(request: ChargeRequest): Promise<ChargeOutcome | NotFound>
  /**
   * Saves a card of the customer's.
   *
   * @throws Problem `invalid_request` if this gateway does not support the request
   */
  addMethod(customerRef: string, request: MethodRequest): Promise<MethodAnswer>
  /** Detaches a saved card. A card that was detached before is not an error. */
  removeMethod(customerRef: string, methodRef: string): Promise<void>
}
