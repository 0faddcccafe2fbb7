import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { NewContact, Rejection } from './contact-store.ts'

/** Headings under which files have phone numbers, and names. Compared in lower case, with underscores for spaces. */
const phoneHeadings = [
  'phone',
  'phone_number',
  'phonenumber',
  'number',
  'tel',
  'telephone',
  'mobile',
  'cell',
  'to',
  'msisdn',
]
const nameHeadings = ['name', 'full_name', 'fullname', 'contact', 'contact_name', 'first_name']

const NAME_LENGTH_MAX = 200
/** The most other columns that are kept of a file. */
const DETAILS_MAX = 30
const HEADING_LENGTH_MAX = 100
const DETAIL_LENGTH_MAX = 500
const REJECTED_VALUE_LENGTH_MAX = 100

/** The columns of a file: indexes of the phone number and the name, and the other columns. */
export type Headings = {
  readonly phone: number
  readonly name: number | null
  readonly others: readonly { readonly index: number; readonly heading: string }[]
}

/** Finds the columns by a file's first line. Returns undefined if no heading names a phone number. */
export function parseHeadings(firstLine: readonly string[]): Headings | undefined {
  const normalized = firstLine.map((heading) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  )
  const find = (known: readonly string[]) =>
    known.map((heading) => normalized.indexOf(heading)).find((index) => index >= 0)
  const phone = find(phoneHeadings)
  if (phone === undefined) return undefined
  const name = find(nameHeadings) ?? null
  const others = firstLine
    .map((heading, index) => ({ index, heading: toStorable(heading.trim(), HEADING_LENGTH_MAX) }))
    .filter(({ index, heading }) => index !== phone && index !== name && heading !== '')
    .slice(0, DETAILS_MAX)
  return { phone, name, others }
}

/**
 * Parses a row of a file into a contact, or into a rejection that says what is wrong.
 *
 * @param line the row's line in the file
 * @param country ISO 3166 alpha-2 code of numbers without a country code; null: such numbers are rejected
 */
export function parseContact(
  headings: Headings,
  cells: readonly string[],
  line: number,
  country: string | null,
): Omit<NewContact, 'id'> | Rejection {
  const text = (cells[headings.phone] ?? '').trim()
  const phone = parsePhone(text, country)
  if ('reason' in phone)
    return { line, value: toStorable(text, REJECTED_VALUE_LENGTH_MAX), reason: phone.reason }
  const name = headings.name === null ? '' : (cells[headings.name] ?? '').trim()
  const details = headings.others
    .map(
      ({ index, heading }) => [heading, toStorable((cells[index] ?? '').trim(), DETAIL_LENGTH_MAX)] as const,
    )
    .filter(([, value]) => value !== '')
  return {
    line,
    phone: phone.number,
    name: name === '' ? null : toStorable(name, NAME_LENGTH_MAX),
    details: details.length === 0 ? null : Object.fromEntries(details),
  }
}

function parsePhone(text: string, country: string | null): { number: string } | { reason: string } {
  if (text === '') return { reason: 'This row has no phone number.' }
  // Spreadsheets turn numbers without a leading plus into floating point and lose digits.
  if (/^\d+(\.\d+)?e\+?\d+$/i.test(text)) {
    return {
      reason:
        'A spreadsheet has cut off digits of this number. Format the column as text, and write the number as +4930901820.',
    }
  }
  const international = text.startsWith('00') ? `+${text.slice(2)}` : text
  if (!international.startsWith('+') && country === null) {
    return { reason: 'The number has no country code. Write it as +4930901820, or choose a default country.' }
  }
  const parsed = parsePhoneNumberFromString(
    international,
    country === null ? undefined : (country as CountryCode),
  )
  if (parsed === undefined) return { reason: 'This is not a phone number. Write it as +4930901820.' }
  if (parsed.ext !== undefined)
    return { reason: 'Numbers with an extension cannot be dialed. Leave the extension out.' }
  if (!parsed.isValid()) {
    return { reason: `There is no such number in ${parsed.country ?? 'that country'}. Check its digits.` }
  }
  return { number: parsed.number }
}

/**
 * Shortens a text and removes what PostgreSQL cannot store: NUL characters, and in JSON the lone half of a surrogate pair
 * that the shortening may leave.
 */
function toStorable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '')
}
