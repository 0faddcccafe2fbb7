import { assertNever } from '../exhaustive.ts'

/** What a country's numbering plan knows of a number. */
export type KnownNumber = {
  /** In E.164 format. */
  readonly number: string
  /** ISO 3166 alpha-2 code. Null for numbers of no country, such as satellite phones. */
  readonly country: string | null
  /** Without the plus. */
  readonly callingCode: string
  /** Whether the plan has such a number. */
  readonly isValid: boolean
  readonly kind: NumberKind
}

/** What it means to call a number, as far as it matters to the one who pays. */
export type NumberKind = 'ordinary' | 'premium_rate' | 'shared_cost' | 'personal' | 'satellite' | 'service'

/**
 * Looks a number up in the numbering plans: one that begins with a plus, or one as it is dialed in `country`. Undefined if
 * it has too few or too many digits for any plan.
 */
export type LookUpNumber = (text: string, country: string | null) => KnownNumber | undefined

/** Which numbers may be called. */
export type DialRules = {
  /** Kinds that may be called besides ordinary numbers. */
  readonly kinds: readonly Exclude<NumberKind, 'ordinary'>[]
  /** ISO 3166 alpha-2 codes of the countries that may be called. Null: all. */
  readonly countries: readonly string[] | null
}

export type JudgedNumber =
  | { readonly number: string; readonly country: string | null }
  /** A sentence that says why it is not called, and what would be right. */
  | { readonly reason: string }

const EXAMPLE = 'Write the number as +4930901820.'
/** A number in E.164 format, which has no fault of form. */
const PLAIN = /^\+\d{7,15}$/u
const EXPONENT = /^\+?\d+(?:[.,]\d+)?e[+-]?\d+$/iu
const ERROR_VALUE = /^#/u
const EXTENSION = /(?:;ext=|\b(?:ext(?:ension)?|x|dw|durchwahl|poste|int)\b\.?)\s*\.?\s*\d{1,7}$/iu
const LETTERS = /\p{L}/u
const DATE =
  /^(?:(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d)(?: \d.*)?$/u
const DECIMAL = /^[+-]?\d+[.,]\d{1,2}$/u
const NETWORK_ADDRESS = /^(?:(?:0|1?\d?\d|2[0-4]\d|25[0-5])\.){3}(?:0|1?\d?\d|2[0-4]\d|25[0-5])$/u
const SECOND_NUMBER = /[,;|&\n]|\d\s*\/\s*\d{1,3}$|\/.*\/|\d\s*\/\s*(?:\+|0)/u
/** A number in full: a plus at most at the beginning, digits, and what people write between them. */
const NUMBER = /^\(?\+?[\d\s().\-/·•]+$/u
/** Fewer digits are a number of the emergency services or inside a company, in all but the smallest countries. */
const DIGITS_MIN = 7

/**
 * Judges a cleaned cell: it is a number in full, or it is rejected with the true reason. It is never a number that is found
 * inside something else, because that would call a stranger.
 *
 * @param text what `cleanNumber` returned
 * @param country ISO 3166 alpha-2 code of numbers without a country code; null: such numbers are rejected
 */
export function judgeNumber(
  text: string,
  country: string | null,
  lookUp: LookUpNumber,
  rules: DialRules,
): JudgedNumber {
  const reason = findFormFault(text)
  if (reason !== undefined) return { reason }
  const compact = text.replaceAll(/[^\d+]/gu, '')
  const dialed = compact.startsWith('00') ? `+${compact.slice(2)}` : compact
  if (dialed.startsWith('+')) return judgeKnown(lookUp(dialed, null), rules)
  if (country === null) {
    return { reason: 'The number has no country code. Write it as +4930901820, or choose a default country.' }
  }
  return judgeNational(dialed, country, lookUp, rules)
}

/** Finds out why a text is no phone number in full, whatever its digits are. Undefined if it may be one. */
function findFormFault(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined
  if (text === '') return 'This row has no phone number.'
  if (EXPONENT.test(text)) {
    return 'A spreadsheet has cut off digits of this number. Format the column as text, and write the number as +4930901820.'
  }
  if (ERROR_VALUE.test(text)) return `A spreadsheet shows an error instead of the number. ${EXAMPLE}`
  if (EXTENSION.test(text)) return 'Numbers with an extension cannot be dialed. Leave the extension out.'
  if (LETTERS.test(text)) return `This is not a phone number: it has letters. ${EXAMPLE}`
  if (DATE.test(text)) return `This is a date, not a phone number. ${EXAMPLE}`
  if (NETWORK_ADDRESS.test(text)) return `This is a network address, not a phone number. ${EXAMPLE}`
  if (DECIMAL.test(text)) return `This is a decimal number, not a phone number. ${EXAMPLE}`
  if (SECOND_NUMBER.test(text)) return 'There is more than one number in this cell. Leave one.'
  return NUMBER.test(text) ? undefined : `This is not a phone number. ${EXAMPLE}`
}

function judgeNational(
  digits: string,
  country: string,
  lookUp: LookUpNumber,
  rules: DialRules,
): JudgedNumber {
  const national = lookUp(digits, country)
  // A spreadsheet drops the plus of a number that it takes for an amount.
  const withPlus =
    national && digits.startsWith(national.callingCode) ? lookUp(`+${digits}`, null) : undefined
  if (withPlus?.isValid !== true) return judgeKnown(national, rules, digits)
  if (national?.isValid !== true || national.number === withPlus.number) return judgeKnown(withPlus, rules)
  return {
    reason: `This may be ${withPlus.number} without its plus, or ${national.number}. Write the one that is meant.`,
  }
}

function judgeKnown(known: KnownNumber | undefined, rules: DialRules, digits?: string): JudgedNumber {
  if (known === undefined) return { reason: `This is not a phone number. ${EXAMPLE}` }
  const { number, country, kind } = known
  if (digits !== undefined && digits.length < DIGITS_MIN && number.length <= DIGITS_MIN + 2) {
    return { reason: `This is too short for a phone number. ${EXAMPLE}` }
  }
  if (!known.isValid) {
    return { reason: `There is no such number in ${country ?? 'that country'}. Check its digits.` }
  }
  if (kind !== 'ordinary' && !rules.kinds.includes(kind)) return { reason: describeKind(kind) }
  if (rules.countries !== null && (country === null || !rules.countries.includes(country))) {
    return { reason: `Numbers in ${country ?? 'no country'} are not called from here. Ask the operator.` }
  }
  return { number, country }
}

function describeKind(kind: Exclude<NumberKind, 'ordinary'>): string {
  switch (kind) {
    case 'premium_rate':
      return 'This is a premium-rate number, which is not called.'
    case 'shared_cost':
      return 'This is a shared-cost number, which is not called.'
    case 'personal':
      return 'This is a personal number, whose calls cost as much as its holder likes. It is not called.'
    case 'satellite':
      return 'This is the number of a satellite phone or an international network, which is not called.'
    case 'service':
      return 'This is the number of a service, such as a voicemail or a pager, which is not called.'
    default:
      return assertNever(kind)
  }
}
