import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'
import type { Actor } from '../access/index.ts'
import type { Gateway } from './gateway.ts'
import type { Receipt } from './receipt.ts'

/** What a purchase buys. It decides what happens when the purchase is paid. */
export type PurchasePurpose = 'top_up' | 'plan_change' | 'renewal'

/** What started a purchase. Only with `manual` is a customer present. */
export type PurchaseOrigin = 'manual' | 'auto_reload' | 'renewal'

export type PurchaseStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed'

export type PurchaseRef = { readonly workspaceId: string; readonly id: string }

/** A purchase as stored. Credits are in milliseconds of talk time, money is in minor units. */
export type Purchase = PurchaseRef & {
  readonly purpose: PurchasePurpose
  readonly origin: PurchaseOrigin
  readonly status: PurchaseStatus
  readonly packageId: string | null
  readonly quantity: number | null
  readonly planId: string | null
  readonly creditsMs: number
  readonly amountMinor: number
  readonly currency: string
  readonly description: string
  readonly paymentMethodId: string | null
  readonly gateway: Gateway['name']
  /** The gateway's reference of the charge, once it is known. */
  readonly chargeRef: string | null
  /** Where the customer confirms with their bank. An address without a host is on this server. */
  readonly actionUrl: string | null
  /** Set if the purchase failed, and if one without a customer present waits for a confirmation. */
  readonly failureCode: string | null
  readonly failureMessage: string | null
  readonly declineClass: DeclineClass | null
  readonly grantId: string | null
  /** JSON that the purpose needs when the purchase is paid. */
  readonly detail: Readonly<Record<string, unknown>>
  /** Who bought; `null` is the server itself. */
  readonly actor: Actor | null
  readonly idempotencyKey: string | null
  readonly requestHash: Buffer | null
  readonly createdAtMs: number
  readonly settledAtMs: number | null
  readonly receiptNumber: string | null
  readonly receipt: Receipt | null
  /** When the gateway is asked next; `null` once the outcome is final. */
  readonly nextCheckAtMs: number | null
  /** How many times the gateway was asked, or was about to be asked. */
  readonly checks: number
  /** The card's brand. */
  readonly brand: string | null
  /** The card's last four digits. */
  readonly lastFour: string | null
  /** The settled balance right after the purchase's credits were added. */
  readonly balanceAfterMs: number | null
}

/** Whether the outcome of a purchase is known and will never change. */
export function isFinal(purchase: { readonly status: PurchaseStatus }): boolean {
  return purchase.status === 'succeeded' || purchase.status === 'failed'
}
