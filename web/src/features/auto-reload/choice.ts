import type { AutoReload, Money, Package } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { currencyDigits, minorOf, money, times } from '../../design/format/money.ts'

/** The form's fields as they are typed. */
export type ChoiceFields = {
  enabled: boolean
  thresholdCredits: number | string
  packageId: string
  quantity: number | string
  /** In whole units of the currency; empty: no cap. */
  monthlyCap: number | string
}

/** What one reload would be, and when: the fields, understood. */
export type Choice = {
  readonly enabled: boolean
  readonly thresholdCredits: number
  readonly pack: Package
  readonly quantity: number
  readonly price: Money
  readonly monthlyCap: Money | null
}

export const thresholdMax = 1_000_000
export const quantityMax = 100

export function fieldsOf(saved: AutoReload): ChoiceFields {
  const { enabled, thresholdCredits, packageId, quantity, monthlyCap } = saved
  const cap = monthlyCap === null ? '' : monthlyCap.minor / 10 ** currencyDigits(monthlyCap.currency)
  return { enabled, thresholdCredits, packageId, quantity, monthlyCap: cap }
}

/** What is wrong with the fields, by name; null where one is right. */
export function problemsOf(
  fields: ChoiceFields,
  packages: readonly Package[],
): Record<keyof ChoiceFields, string | null> {
  const threshold = Number(fields.thresholdCredits)
  const pack = packages.find(({ id }) => id === fields.packageId)
  return {
    enabled: null,
    thresholdCredits:
      fields.thresholdCredits !== '' && threshold >= 1 && threshold <= thresholdMax
        ? null
        : 'Enter a number of credits from 1 on',
    packageId: pack ? null : 'Choose how many credits a package is',
    quantity: isCount(fields.quantity) ? null : `Enter a whole number from 1 to ${quantityMax}`,
    monthlyCap: pack ? capProblem(fields, pack) : null,
  }
}

function isCount(quantity: number | string): boolean {
  const count = Number(quantity)
  return quantity !== '' && Number.isInteger(count) && count >= 1 && count <= quantityMax
}

function capProblem({ monthlyCap, quantity }: ChoiceFields, pack: Package): string | null {
  if (monthlyCap === '' || !isCount(quantity)) return null
  const price = times(pack.price, Number(quantity))
  return minorOf(Number(monthlyCap), price.currency) >= price.minor
    ? null
    : `At least ${money(price)}, which one reload costs; or nothing, for no cap`
}

/** The fields as a choice; null while something is wrong with them. */
export function choiceOf(fields: ChoiceFields, packages: readonly Package[]): Choice | null {
  const pack = packages.find(({ id }) => id === fields.packageId)
  const problems = Object.values(problemsOf(fields, packages))
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

/** What will happen, in one sentence. */
export function choiceInWords({ thresholdCredits, pack, quantity, price, monthlyCap }: Choice): string {
  const threshold = creditsInWords(Math.round(thresholdCredits * 60_000))
  const bought = `${quantity} × ${creditsInWords(pack.credits.milliseconds)} for ${money(price)}`
  const cap = monthlyCap === null ? 'without a monthly cap' : `at most ${money(monthlyCap)} a month`
  return `When the balance drops below ${threshold}, buy ${bought}; ${cap}`
}

/** What saving does besides saving. */
export type SaveConsequence = 'nothing' | 'buys' | 'passes_cap' | 'no_card'

/** Reasons not to buy that saving does not change. */
const staysUnbought = ['purchase_in_flight', 'workspace_suspended', 'hourly_limit_reached'] as const

/** Whether saving the choice buys at once, or what keeps it from that. Saving forgives earlier declines. */
export function consequenceOf(
  choice: Choice,
  saved: Pick<AutoReload, 'stateReasonCode' | 'spentThisMonth'>,
  balanceMs: number,
  hasCard: boolean,
): SaveConsequence {
  if (!choice.enabled || balanceMs >= choice.thresholdCredits * 60_000) return 'nothing'
  if (staysUnbought.some((code) => code === saved.stateReasonCode)) return 'nothing'
  if (!hasCard) return 'no_card'
  const { monthlyCap, price } = choice
  if (monthlyCap !== null && saved.spentThisMonth.minor + price.minor > monthlyCap.minor) return 'passes_cap'
  return 'buys'
}
