import { msFromCredits } from '@talktime/core/billing/credits'
import { currencyDigits } from '@talktime/core/billing/currency'
import type { AutoReload, Money, Package } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { minorOf, money, times } from '../../design/format/money.ts'

/** The form's fields as typed. */
export type ChoiceFields = {
  enabled: boolean
  thresholdCredits: number | string
  packageId: string
  quantity: number | string
  /** In whole units of the currency. Empty means no cap. */
  monthlyCap: number | string
}

/** The settings that valid fields describe: when to reload, and what one reload buys. */
export type Choice = {
  readonly enabled: boolean
  readonly thresholdCredits: number
  readonly pack: Package
  readonly quantity: number
  readonly price: Money
  readonly monthlyCap: Money | null
}

export const THRESHOLD_CREDITS_MAX = 1_000_000
export const QUANTITY_MAX = 100

/** Fills the form from the saved settings. */
export function fieldsOf(saved: AutoReload): ChoiceFields {
  const { enabled, thresholdCredits, packageId, quantity, monthlyCap } = saved
  const cap = monthlyCap === null ? '' : monthlyCap.minor / 10 ** currencyDigits(monthlyCap.currency)
  return { enabled, thresholdCredits, packageId, quantity, monthlyCap: cap }
}

/** Validates the fields: a message by field, null for valid ones. */
export function validateFields(
  fields: ChoiceFields,
  packages: readonly Package[],
): Record<keyof ChoiceFields, string | null> {
  const threshold = Number(fields.thresholdCredits)
  const pack = packages.find(({ id }) => id === fields.packageId)
  return {
    enabled: null,
    thresholdCredits:
      fields.thresholdCredits !== '' && threshold >= 1 && threshold <= THRESHOLD_CREDITS_MAX
        ? null
        : 'Enter at least 1 credit',
    packageId: pack ? null : 'Choose a package',
    quantity: isCount(fields.quantity) ? null : `Enter a whole number from 1 to ${QUANTITY_MAX}`,
    monthlyCap: pack ? validateCap(fields, pack) : null,
  }
}

function isCount(quantity: number | string): boolean {
  const count = Number(quantity)
  return quantity !== '' && Number.isInteger(count) && count >= 1 && count <= QUANTITY_MAX
}

function validateCap({ monthlyCap, quantity }: ChoiceFields, pack: Package): string | null {
  if (monthlyCap === '' || !isCount(quantity)) return null
  const price = times(pack.price, Number(quantity))
  return minorOf(Number(monthlyCap), price.currency) >= price.minor
    ? null
    : `Enter at least ${money(price)}, the price of one reload, or leave it empty for no cap`
}

/** Reads the choice from the fields; null while they are invalid. */
export function readChoice(fields: ChoiceFields, packages: readonly Package[]): Choice | null {
  const pack = packages.find(({ id }) => id === fields.packageId)
  const problems = Object.values(validateFields(fields, packages))
  if (pack === undefined || problems.some((problem) => problem !== null)) return null
  const { currency } = pack.price
  const quantity = Number(fields.quantity)
  return {
    enabled: fields.enabled,
    thresholdCredits: Number(fields.thresholdCredits),
    pack,
    quantity,
    price: times(pack.price, quantity),
    monthlyCap:
      fields.monthlyCap === '' ? null : { minor: minorOf(Number(fields.monthlyCap), currency), currency },
  }
}

/** States what the choice does, in one sentence. */
export function choiceInWords({ thresholdCredits, pack, quantity, price, monthlyCap }: Choice): string {
  const threshold = creditsInWords(msFromCredits(thresholdCredits))
  const bought = `${quantity} × ${creditsInWords(pack.credits.milliseconds)} for ${money(price)}`
  const cap = monthlyCap === null ? 'without a monthly cap' : `at most ${money(monthlyCap)} a month`
  return `When the balance drops below ${threshold}, buy ${bought}; ${cap}`
}

/** What saving does right away: buys, or would if the cap or a missing card did not prevent it. */
export type SaveConsequence = 'nothing' | 'buys' | 'passes_cap' | 'no_card'

/** Reasons not to buy that saving does not resolve. */
const LASTING_REASONS = ['purchase_in_flight', 'workspace_suspended', 'hourly_limit_reached'] as const

/** Predicts whether saving the choice buys right away, or what prevents it. Saving clears earlier declines. */
export function predictConsequence(
  choice: Choice,
  saved: Pick<AutoReload, 'stateReasonCode' | 'spentThisMonth'>,
  balanceMs: number,
  hasCard: boolean,
): SaveConsequence {
  if (!choice.enabled || balanceMs >= msFromCredits(choice.thresholdCredits)) return 'nothing'
  if (LASTING_REASONS.some((code) => code === saved.stateReasonCode)) return 'nothing'
  if (!hasCard) return 'no_card'
  const { monthlyCap, price } = choice
  if (monthlyCap !== null && saved.spentThisMonth.minor + price.minor > monthlyCap.minor) return 'passes_cap'
  return 'buys'
}
