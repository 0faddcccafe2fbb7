import { expect, test } from 'vitest'
import { currencyDigits, currencyStep } from './currency.ts'

test.each([
  ['USD', 2, 1],
  ['EUR', 2, 1],
  ['HUF', 2, 1],
  ['COP', 2, 1],
  ['IDR', 2, 1],
  ['PKR', 2, 1],
  ['JPY', 0, 1],
  ['ISK', 0, 1],
  ['MGA', 0, 1],
  ['KWD', 3, 10],
  ['TND', 3, 10],
])('%s has %i decimals, and prices in steps of %i', (currency, digits, step) => {
  expect([currencyDigits(currency), currencyStep(currency)]).toEqual([digits, step])
})
