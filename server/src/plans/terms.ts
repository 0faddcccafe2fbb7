import { computePrice, type Price } from '@talktime/core/billing/price'
import type { Plan } from './catalog-store.ts'

/** The plan as it was when the cycle began. It holds for the workspace even if the catalog has changed since. */
export type Terms = Pick<
  Plan,
  'name' | 'priceMinor' | 'currency' | 'monthlyMs' | 'paid' | 'overdraft' | 'features' | 'limits'
>

/** Takes the terms from a plan of the catalog. */
export function readTerms(plan: Plan): Terms {
  const { name, priceMinor, currency, monthlyMs, paid, overdraft, features, limits } = plan
  return { name, priceMinor, currency, monthlyMs, paid, overdraft, features, limits }
}

/** Computes what a plan's credit costs; `null` if the plan has no list price. */
export function computePlanPrice({ priceMinor, currency, monthlyMs }: Terms): Price | null {
  return priceMinor === null ? null : computePrice(priceMinor, currency, monthlyMs)
}
