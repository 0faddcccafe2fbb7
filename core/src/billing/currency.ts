// How many decimals the minor unit of a currency stands for, as banks and gateways count: ISO 4217, and where Stripe
// differs, Stripe (https://docs.stripe.com/currencies). Not the decimals that people write: nobody writes the fillér of
// 2,400.00 Ft, but a gateway that is asked for 240000 charges them, and Intl says that the forint has none.

const WITHOUT_DECIMALS: ReadonlySet<string> = new Set([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'MGA',
    'PYG',
    'RWF',
    'UGX',
    'VND',
    'VUV',
    'XAF',
  ],
  ...['XOF', 'XPF'],
])
const WITH_THREE_DECIMALS: ReadonlySet<string> = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'])

/** The number of decimals of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyDigits(currency: string): number {
  if (WITHOUT_DECIMALS.has(currency)) return 0
  return WITH_THREE_DECIMALS.has(currency) ? 3 : 2
}

/** The least difference of two prices in minor units: cards pay a currency of three decimals in steps of ten. */
export function currencyStep(currency: string): number {
  return WITH_THREE_DECIMALS.has(currency) ? 10 : 1
}
