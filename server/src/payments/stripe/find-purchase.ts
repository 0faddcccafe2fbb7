import type { Queryable } from '../../platform/database/database.ts'
import { type Purchase, selectPurchases } from '../purchase-store.ts'

/** A purchase that is paid through Stripe, whichever workspace's it is. */
export async function findStripePurchase(db: Queryable, id: string): Promise<Purchase | undefined> {
  return (await selectPurchases(db, `p.id = $1 and p.gateway = 'stripe'`, [id]))[0]
}
