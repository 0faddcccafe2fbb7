import { z } from 'zod'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { Money } from '../platform/http/money.ts'
import { Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { testCards } from './gateway.ts'
import type { PaymentMethod } from './payment-method-store.ts'
import { paymentProblems } from './problems.ts'
import type { Purchase } from './purchase.ts'

const ReceiptRef = z.object({
  number: z.string().meta({ example: 'R-2026-000123' }),
  url: z.string().meta({ description: 'A page made for printing.' }),
})

const Party = z.object({ name: z.string(), email: z.string().nullable() })

const ReceiptResponse = ReceiptRef.extend({
  issuedAt: Instant,
  seller: z.object({ name: z.string(), address: z.string().nullable(), taxId: z.string().nullable() }),
  buyer: Party,
  tax: z
    .object({ name: z.string(), percent: z.number(), amount: Money })
    .nullable()
    .meta({ description: 'The tax that the amount includes.' }),
}).meta({ id: 'PurchaseReceipt' })

const fields = {
  id: z.string().meta({ example: 'pur_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed']).meta({
    description:
      'pending: the outcome is not known yet and will be looked up; requires_action: the customer must confirm with the bank at actionUrl, now or later.',
  }),
  purpose: z.enum(['top_up', 'plan_change', 'renewal']),
  origin: z.enum(['manual', 'auto_reload', 'renewal']),
  description: z.string(),
  packageId: z.string().nullable(),
  quantity: z.int().nullable(),
  planId: z.string().nullable(),
  credits: Amount,
  amount: Money,
  paymentMethod: z.object({ brand: z.string(), lastFour: z.string() }).nullable(),
  actionUrl: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: Instant,
  settledAt: Instant.nullable(),
  balanceAfter: Amount.nullable().meta({
    description: 'The settled balance right after the credits were added. Live calls are not subtracted.',
  }),
}

export const PurchaseResponse = z
  .object({ ...fields, receipt: ReceiptRef.nullable() })
  .meta({ id: 'Purchase', description: 'A payment and what it is for.' })

export const PurchaseDetailResponse = z
  .object({ ...fields, receipt: ReceiptResponse.nullable() })
  .meta({ id: 'PurchaseDetail', description: 'A payment with its receipt.' })

/**
 * Converts a purchase to its API form.
 *
 * @param origin the origin at which the reader reaches this server, such as https://talktime.example.com
 */
export function purchaseResponse(purchase: Purchase, origin: string): z.infer<typeof PurchaseResponse> {
  return { ...purchaseFields(purchase, origin), receipt: receiptRef(purchase, origin) }
}

/** Converts a purchase with its receipt to the API form. `origin` as in `purchaseResponse`. */
export function purchaseDetailResponse(
  purchase: Purchase,
  origin: string,
): z.infer<typeof PurchaseDetailResponse> {
  const { receipt, settledAtMs, currency } = purchase
  const ref = receiptRef(purchase, origin)
  const body =
    ref === null || receipt === null || settledAtMs === null
      ? null
      : {
          ...ref,
          issuedAt: instantOf(settledAtMs),
          seller: receipt.seller,
          buyer: receipt.buyer,
          tax: receipt.tax && {
            name: receipt.tax.name,
            percent: receipt.tax.percent,
            amount: { minor: receipt.tax.amountMinor, currency },
          },
        }
  return { ...purchaseFields(purchase, origin), receipt: body }
}

function purchaseFields(
  purchase: Purchase,
  origin: string,
): Omit<z.infer<typeof PurchaseResponse>, 'receipt'> {
  const { brand, lastFour, actionUrl, balanceAfterMs } = purchase
  return {
    id: publicId('purchase', purchase.id),
    status: purchase.status,
    purpose: purchase.purpose,
    origin: purchase.origin,
    description: purchase.description,
    packageId: purchase.packageId,
    quantity: purchase.quantity,
    planId: purchase.planId,
    credits: amountOf(purchase.creditsMs),
    amount: { minor: purchase.amountMinor, currency: purchase.currency },
    paymentMethod: brand === null || lastFour === null ? null : { brand, lastFour },
    actionUrl: actionUrl === null ? null : new URL(actionUrl, origin).href,
    failure: readFailure(purchase),
    createdAt: instantOf(purchase.createdAtMs),
    settledAt: instantOrNull(purchase.settledAtMs),
    balanceAfter: balanceAfterMs === null ? null : amountOf(balanceAfterMs),
  }
}

function receiptRef(purchase: Purchase, origin: string): z.infer<typeof ReceiptRef> | null {
  const { receiptNumber } = purchase
  if (receiptNumber === null) return null
  const path = `/billing/receipts/${publicId('purchase', purchase.id)}`
  return { number: receiptNumber, url: new URL(path, origin).href }
}

function readFailure(purchase: Purchase): { code: string; message: string } | null {
  const { status, failureCode: code, failureMessage: message } = purchase
  return status === 'failed' && code !== null ? { code, message: message ?? '' } : null
}

/** Creates the error response of a request whose purchase was declined. */
export function createDeclinedProblem(purchase: Purchase): Problem {
  const failure = readFailure(purchase)
  const detail = failure?.message || 'The payment was declined. Nothing was charged.'
  return new Problem(paymentProblems.payment_declined, detail, {
    members: { purchaseId: publicId('purchase', purchase.id), failure },
  })
}

export const PaymentMethodResponse = z
  .object({
    id: z.string().meta({ example: 'pm_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    brand: z.string(),
    lastFour: z.string(),
    expMonth: z.int(),
    expYear: z.int(),
    isDefault: z.boolean().meta({ description: 'Charged unless another card is named.' }),
    createdAt: Instant,
    testCard: z.enum(testCards).nullable().meta({ description: 'What the card does; sandbox only.' }),
  })
  .meta({ id: 'PaymentMethod', description: 'A saved card.' })

export function paymentMethodResponse(method: PaymentMethod): z.infer<typeof PaymentMethodResponse> {
  const { brand, lastFour, expMonth, expYear, isDefault, testCard } = method
  return {
    id: publicId('paymentMethod', method.id),
    brand,
    lastFour,
    expMonth,
    expYear,
    isDefault,
    createdAt: instantOf(method.createdAtMs),
    testCard,
  }
}
