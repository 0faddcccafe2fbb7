import { z } from 'zod'
import { Origin } from '../platform/origin.ts'
import type { Setting, SettingsReader } from '../platform/settings-reader.ts'
import type { CardLimits } from './card-limits.ts'
import type { Seller } from './receipt.ts'

/** How customers pay and who sells. */
export type PaymentSettings = {
  readonly payments: 'sandbox' | 'stripe'
  /** What payments through Stripe need; `undefined` if payments go through the sandbox. */
  readonly stripe: StripeSettings | undefined
  readonly seller: Seller
  readonly cardLimits: CardLimits
}

export type StripeSettings = {
  /** Begins with `sk_` or `rk_`. */
  readonly secretKey: string
  /** Begins with `whsec_`. Stripe signs its webhooks with it. */
  readonly webhookSecret: string
  /** The origin of a server that stands in for Stripe's API; `undefined` is Stripe itself. */
  readonly apiHost: string | undefined
}

/** A name and a percentage, such as "VAT 19" or "Sales tax 8.25". */
const Tax = z
  .string()
  .regex(/^\S.{0,40} \d{1,2}(\.\d{1,3})?$/)
  .transform((text) => {
    const space = text.lastIndexOf(' ')
    return { name: text.slice(0, space).trim(), percent: Number(text.slice(space)) }
  })

const SellerText = z.string().trim().min(1).max(500)

/** Shows enough of a secret to see, for example, that it is the publishable key. */
const showStart = (text: string) => JSON.stringify(`${text.slice(0, 3)}…`)

const PAYMENTS = { schema: z.enum(['sandbox', 'stripe']).default('sandbox'), right: '"sandbox" or "stripe"' }

const SECRET_KEY = {
  schema: z
    .string()
    .regex(/^(sk|rk)_\w+$/)
    .optional(),
  right: 'a secret or restricted key of Stripe, such as sk_live_… or rk_test_…',
  show: showStart,
}

const WEBHOOK_SECRET = {
  schema: z
    .string()
    .regex(/^whsec_\w+$/)
    .optional(),
  right: 'the signing secret of the webhook endpoint at Stripe, such as whsec_…',
  show: showStart,
}

const API_HOST = {
  schema: Origin.optional(),
  right: 'the origin of a server that speaks Stripe’s API, such as http://127.0.0.1:12111',
}

const SELLER = {
  name: {
    schema: SellerText.default('Talktime'),
    right: 'the seller’s name, as receipts show it: at most 500 characters',
  },
  address: {
    schema: SellerText.optional(),
    right: 'the seller’s address, as receipts show it: at most 500 characters',
  },
  taxId: {
    schema: SellerText.optional(),
    right: 'the seller’s tax number, as receipts show it: at most 500 characters',
  },
  tax: {
    schema: Tax.optional(),
    right: 'the tax that prices include, as a name and a percentage, such as VAT 19',
  },
}

/** How often a workspace may try cards, unless the operator sets it. */
export const CARD_LIMITS_DEFAULT: CardLimits = { declinesPerHour: 5, declinesPerDay: 10, cardsPerDay: 10 }

const limitSetting = (byDefault: number) => ({
  schema: z.coerce.number().int().min(1).max(1_000_000).default(byDefault),
  right: 'a whole number from 1 to 1000000',
})

function readCardLimits({ read }: SettingsReader): CardLimits {
  const { declinesPerHour, declinesPerDay, cardsPerDay } = CARD_LIMITS_DEFAULT
  return {
    declinesPerHour: read('TALKTIME_DECLINES_PER_HOUR', limitSetting(declinesPerHour)),
    declinesPerDay: read('TALKTIME_DECLINES_PER_DAY', limitSetting(declinesPerDay)),
    cardsPerDay: read('TALKTIME_CARDS_PER_DAY', limitSetting(cardsPerDay)),
  }
}

/** Reads TALKTIME_PAYMENTS, Stripe's settings, the seller and how often cards may be tried. */
export function readPaymentSettings(reader: SettingsReader): PaymentSettings {
  const { read } = reader
  const payments = read('TALKTIME_PAYMENTS', PAYMENTS)
  function readForStripe(name: string, setting: Setting<z.ZodType<string | undefined>>): string {
    if (payments === 'stripe' && !reader.isSet(name)) {
      reader.complain(`${name} is missing: with TALKTIME_PAYMENTS=stripe it must be ${setting.right}.`)
    }
    return read(name, setting) ?? ''
  }
  const stripe = {
    secretKey: readForStripe('TALKTIME_STRIPE_SECRET_KEY', SECRET_KEY),
    webhookSecret: readForStripe('TALKTIME_STRIPE_WEBHOOK_SECRET', WEBHOOK_SECRET),
    apiHost: read('TALKTIME_STRIPE_API_HOST', API_HOST),
  }
  return {
    payments,
    stripe: payments === 'stripe' ? stripe : undefined,
    seller: {
      name: read('TALKTIME_SELLER_NAME', SELLER.name),
      address: read('TALKTIME_SELLER_ADDRESS', SELLER.address),
      taxId: read('TALKTIME_SELLER_TAX_ID', SELLER.taxId),
      tax: read('TALKTIME_TAX', SELLER.tax),
    },
    cardLimits: readCardLimits(reader),
  }
}
