import type { Money } from '../../api/types.ts'
import { locale } from './locale.ts'

type Shape = 'exact' | 'unit'

const formats = new Map<string, Intl.NumberFormat>()

function formatFor(shape: Shape, currency: string): Intl.NumberFormat {
  const key = `${shape} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    // A credit may cost less than a cent.
    ...(shape === 'unit' ? { maximumFractionDigits: 4 } : {}),
  })
  formats.set(key, made)
  return made
}

/** How many decimals the currency has: 2 for USD, 0 for JPY. */
export function currencyDigits(currency: string): number {
  return formatFor('exact', currency).resolvedOptions().maximumFractionDigits ?? 2
}

/** The sign that stands before or after amounts of the currency: `$`. */
export function currencySign(currency: string): string {
  const parts = formatFor('exact', currency).formatToParts(0)
  return parts.find((part) => part.type === 'currency')?.value ?? currency
}

/** Money with all the decimals of its currency: `$24.00`. */
export function money({ minor, currency }: Money): string {
  return formatFor('exact', currency).format(minor / 10 ** currencyDigits(currency))
}

/** What one credit costs where `milliseconds` of talk time cost `price`: `$0.12`. */
export function pricePerCredit(price: Money, milliseconds: number): string {
  const each = (price.minor / milliseconds) * 60_000
  return formatFor('unit', price.currency).format(each / 10 ** currencyDigits(price.currency))
}

/** So many times the price. */
export function times(price: Money, quantity: number): Money {
  return { minor: price.minor * quantity, currency: price.currency }
}

/** An amount that was typed in whole units, in minor ones: 240.5 dollars are 24,050 cents. */
export function minorOf(amount: number, currency: string): number {
  return Math.round(amount * 10 ** currencyDigits(currency))
}
