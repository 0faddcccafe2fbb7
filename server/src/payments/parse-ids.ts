import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import { paymentProblems } from './problems.ts'

/**
 * Parses the public id of a card, `pm_…`.
 *
 * @throws Problem `payment_method_not_found` if it is not one
 */
export function parseMethodId(id: string): string {
  const uuid = uuidFrom('paymentMethod', id)
  if (uuid !== undefined) return uuid
  throw new Problem(paymentProblems.payment_method_not_found, 'There is no such card in this workspace.')
}

/**
 * Parses the public id of a purchase, `pur_…`.
 *
 * @throws Problem `purchase_not_found` if it is not one
 */
export function parsePurchaseId(id: string): string {
  const uuid = uuidFrom('purchase', id)
  if (uuid !== undefined) return uuid
  throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase in this workspace.')
}
