import { currencyDigits } from '@talktime/core/billing/currency'
import { COST_PARTS, createCostMeter } from '@talktime/core/billing/price'
import type { PricedRange } from './draw-price-store.ts'

/** The cost of one call while it is added up: cost parts by currency, and the milliseconds without a price. */
export type CallCost = {
  /** In `currency`. */
  parts: number
  /** Empty: nothing with a price was used yet. */
  currency: string
  /** Cost parts in further currencies. Nearly no call has any. */
  others: Map<string, number> | undefined
  unpricedMs: number
}

export function zeroCost(): CallCost {
  return { parts: 0, currency: '', others: undefined, unpricedMs: 0 }
}

/**
 * Creates for each priced range a function that adds the cost of some of its milliseconds to a call's cost. Ranges of
 * one price share a cost meter, so all calls at that price add up exactly to the window's cost.
 */
export function createCostAdders(ranges: readonly PricedRange[]): ((ms: number, cost: CallCost) => void)[] {
  const meters = new Map<string, (ms: number) => number>()
  return ranges.map(({ price }) => {
    if (typeof price === 'string') {
      return (ms, cost) => {
        cost.unpricedMs += ms
      }
    }
    if (price.minor === 0) return () => {}
    const key = JSON.stringify(price)
    const meter = meters.get(key) ?? createCostMeter(price)
    meters.set(key, meter)
    const { currency } = price
    return (ms, cost) => addParts(cost, currency, meter(ms))
  })
}

function addParts(cost: CallCost, currency: string, parts: number): void {
  if (cost.currency === '' || cost.currency === currency) {
    cost.currency = currency
    cost.parts += parts
    return
  }
  cost.others ??= new Map()
  cost.others.set(currency, (cost.others.get(currency) ?? 0) + parts)
}

/**
 * Formats the CSV cells cost, currency and unpriced_ms: `0.158333,USD,0`. A call that was paid in two currencies, because
 * the operator changed from one to the other, has both with a space between: `0.100000 0.120000,USD EUR,0`.
 */
export function formatCallCost({ parts, currency, others, unpricedMs }: CallCost): string {
  if (currency === '') return unpricedMs > 0 ? `,,${unpricedMs}` : '0,,0'
  const costs = [formatParts(parts, currency)]
  const currencies = [currency]
  for (const [other, otherParts] of others ?? []) {
    costs.push(formatParts(otherParts, other))
    currencies.push(other)
  }
  return `${costs.join(' ')},${currencies.join(' ')},${unpricedMs}`
}

const decimalsOfCurrency = new Map<string, number>()

/** Formats cost parts in the currency's main unit, exactly: 1583 parts of a US cent, 0.001583. */
function formatParts(parts: number, currency: string): string {
  let decimals = decimalsOfCurrency.get(currency)
  if (decimals === undefined) {
    decimals = currencyDigits(currency) + Math.log10(COST_PARTS)
    decimalsOfCurrency.set(currency, decimals)
  }
  const text = String(parts).padStart(decimals + 1, '0')
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}
