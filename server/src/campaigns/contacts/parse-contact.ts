import { cleanCell, cleanNumber } from '@talktime/core/contacts/clean-cell'
import { type DialRules, type JudgedNumber, judgeNumber } from '@talktime/core/contacts/judge-number'
import { type Columns, saysOptOut } from '@talktime/core/contacts/map-columns'
import type { NewContact, Rejection } from './contact-store.ts'
import { lookUpNumber } from './look-up-number.ts'

const NAME_LENGTH_MAX = 200
/** The most other columns that are kept of a file. */
const DETAILS_MAX = 30
const HEADING_LENGTH_MAX = 100
const CELL_LENGTH_MAX = 500
const REJECTED_VALUE_LENGTH_MAX = 100
/** The most columns of a rejected row that are kept, so that it can be repaired and sent again. */
const REJECTED_CELLS_MAX = 100

/** What a row is judged by. */
export type ContactRules = {
  readonly columns: Columns
  /** ISO 3166 alpha-2 code of numbers without a country code; null: such numbers are rejected. */
  readonly country: string | null
  readonly dialRules: DialRules
  /** Numbers of the workspace's own agents, in E.164 format: calling them would be charged on both sides. */
  readonly ownNumbers: ReadonlySet<string>
}

/** Parses a row of a file into a contact, or into a rejection that says what is wrong. `line`: the row's line in the file. */
export function parseContact(
  rules: ContactRules,
  cells: readonly string[],
  line: number,
): Omit<NewContact, 'id'> | Rejection {
  const { columns } = rules
  const found = findNumber(rules, cells)
  const reason = 'reason' in found ? found.reason : findObjection(rules, cells, found.number)
  if ('reason' in found || reason !== undefined) {
    const value = toStorable(found.cell, REJECTED_VALUE_LENGTH_MAX)
    return { line, value, reason: reason ?? '', cells: keepCells(cells) }
  }
  const name = columns.names
    .map((index) => cleanCell(cells[index] ?? ''))
    .filter((part) => part !== '')
    .join(' ')
  const details = columns.others
    .slice(0, DETAILS_MAX)
    .map(({ index, heading }) => [
      toStorable(heading, HEADING_LENGTH_MAX),
      toStorable(cleanCell(cells[index] ?? ''), CELL_LENGTH_MAX),
    ])
    .filter(([, value]) => value !== '')
  return {
    line,
    phone: found.number,
    name: name === '' ? null : toStorable(name, NAME_LENGTH_MAX),
    details: details.length === 0 ? null : Object.fromEntries(details),
    cells,
  }
}

/** Finds the row's number: the first that can be called, of all its columns of numbers; or why the first one cannot be. */
function findNumber(
  { columns, country, dialRules }: ContactRules,
  cells: readonly string[],
): JudgedNumber & { readonly cell: string } {
  let first: (JudgedNumber & { readonly cell: string }) | undefined
  for (const index of columns.phones) {
    const cell = (cells[index] ?? '').trim()
    if (cell === '') continue
    const judged = { ...judgeNumber(cleanNumber(cell), country, lookUpNumber, dialRules), cell }
    if ('number' in judged) return judged
    first ??= judged
  }
  return first ?? { reason: 'This row has no phone number.', cell: '' }
}

/** Finds out why a number must not be called, although it can be. */
function findObjection(
  { columns, ownNumbers }: ContactRules,
  cells: readonly string[],
  number: string,
): string | undefined {
  if (columns.optOuts.some((index) => saysOptOut(cells[index] ?? ''))) {
    return 'This person must not be called: the file says so.'
  }
  return ownNumbers.has(number) ? 'This is the number of one of your own agents.' : undefined
}

/** Brings the cells of a row into the form in which they are kept with a rejection. */
export function keepCells(cells: readonly string[]): string[] {
  return cells.slice(0, REJECTED_CELLS_MAX).map((cell) => toStorable(cell, CELL_LENGTH_MAX))
}

/**
 * Shortens a text and removes what PostgreSQL cannot store: NUL characters, and in JSON the lone half of a surrogate pair
 * that the shortening may leave.
 */
function toStorable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '')
}
