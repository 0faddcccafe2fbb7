import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { currencyDigits } from '@talktime/core/billing/currency'
import type { Money } from '../../api/types.ts'
import { locale } from './locale.ts'

type Shape = 'exact' | 'unit'

const formats = new Map<string, Intl.NumberFormat>()

function findFormat(shape: Shape, currency: string): Intl.NumberFormat {
  const key = `${shape} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: currencyDigits(currency),
    // A credit can cost less than a cent.
    maximumFractionDigits:
      shape === 'unit' ? Math.max(4, currencyDigits(currency)) : currencyDigits(currency),
  })
  formats.set(key, made)
  return made
}

/** The sign of a currency: `$`. */
export function currencySign(currency: string): string {
  const parts = findFormat('exact', currency).formatToParts(0)
  return parts.find((part) => part.type === 'currency')?.value ?? currency
}

/** Writes an amount of money with the decimals of its currency: `$24.00`. */
export function money({ minor, currency }: Money): string {
  return findFormat('exact', currency).format(minor / 10 ** currencyDigits(currency))
}

/** Writes the price of one credit when `milliseconds` of talk time cost `price`: `$0.12`. */
export function pricePerCredit(price: Money, milliseconds: number): string {
  const each = (price.minor / milliseconds) * MS_PER_CREDIT
  return findFormat('unit', price.currency).format(each / 10 ** currencyDigits(price.currency))
}

/** Multiplies a price. */
export function times(price: Money, quantity: number): Money {
  return { minor: price.minor * quantity, currency: price.currency }
}

/** Converts an amount typed in whole units to minor units: 240.5 dollars are 24,050 cents. */
export function minorOf(amount: number, currency: string): number {
  return Math.round(amount * 10 ** currencyDigits(currency))
}
