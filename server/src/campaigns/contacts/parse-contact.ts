import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { NewContact, Rejection } from './contact-store.ts'

/** Under which headings a file may have the number and the name. */
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
const DETAILS_MAX = 30
const HEADING_LENGTH_MAX = 100
const DETAIL_LENGTH_MAX = 500
const SHOWN_LENGTH_MAX = 100

/** Where a file has what. */
export type Headings = {
  readonly phone: number
  readonly name: number | null
  readonly others: readonly { readonly index: number; readonly heading: string }[]
}

/** Finds the columns by the file's first line; undefined where it names none that holds numbers. */
export function headingsOf(firstLine: readonly string[]): Headings | undefined {
  const plain = firstLine.map((heading) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  )
  const find = (known: readonly string[]) =>
    known.map((heading) => plain.indexOf(heading)).find((index) => index >= 0)
  const phone = find(phoneHeadings)
  if (phone === undefined) return undefined
  const name = find(nameHeadings) ?? null
  const others = firstLine
    .map((heading, index) => ({ index, heading: storable(heading.trim(), HEADING_LENGTH_MAX) }))
    .filter(({ index, heading }) => index !== phone && index !== name && heading !== '')
    .slice(0, DETAILS_MAX)
  return { phone, name, others }
}

/** A contact of a file's line, or why it is none. */
export function contactOf(
  headings: Headings,
  cells: readonly string[],
  line: number,
  country: string | null,
): Omit<NewContact, 'id'> | Rejection {
  const text = (cells[headings.phone] ?? '').trim()
  const phone = phoneOf(text, country)
  if ('reason' in phone) return { line, value: storable(text, SHOWN_LENGTH_MAX), reason: phone.reason }
  const name = headings.name === null ? '' : (cells[headings.name] ?? '').trim()
  const details = headings.others
    .map(({ index, heading }) => [heading, storable((cells[index] ?? '').trim(), DETAIL_LENGTH_MAX)] as const)
    .filter(([, value]) => value !== '')
  return {
    line,
    phone: phone.number,
    name: name === '' ? null : storable(name, NAME_LENGTH_MAX),
    details: details.length === 0 ? null : Object.fromEntries(details),
  }
}

function phoneOf(text: string, country: string | null): { number: string } | { reason: string } {
  if (text === '') return { reason: 'There is no phone number in this row.' }
  // Spreadsheets like to lose the plus of 00-numbers, and to write numbers as floating point.
  if (/^\d+(\.\d+)?e\+?\d+$/i.test(text)) {
    return {
      reason: 'The number was cut by a spreadsheet: format the column as text, and write it as +4930901820.',
    }
  }
  const international = text.startsWith('00') ? `+${text.slice(2)}` : text
  if (!international.startsWith('+') && country === null) {
    return { reason: 'The number has no country code: write it as +4930901820, or choose a default country.' }
  }
  const parsed = parsePhoneNumberFromString(
    international,
    country === null ? undefined : (country as CountryCode),
  )
  if (parsed === undefined) return { reason: 'This is no phone number: write it as +4930901820.' }
  if (parsed.ext !== undefined)
    return { reason: 'Numbers with an extension cannot be dialled: leave it out.' }
  if (!parsed.isValid()) {
    return { reason: `There is no such number in ${parsed.country ?? 'that country'}: check its digits.` }
  }
  return { number: parsed.number }
}

/** PostgreSQL can hold neither the character NUL in a text nor, in JSON, half of a character that was cut in two. */
function storable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '')
}
