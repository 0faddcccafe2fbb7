import type { Amount, Money } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'
import { money } from '../../design/format/money.ts'

/** A field of what was changed, with its value before and after in words. Undefined: the field was not there. */
export type FieldChange = {
  readonly label: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/**
 * Lists what changed between the states before and after an action, field by field, in words. Fields inside fields are
 * compared on their own. Of something new or gone, fields that are not set are left out.
 */
export function listChanges(before: unknown, after: unknown, timeZone: string): FieldChange[] {
  const isChange = isGroup(before) && isGroup(after)
  const from = flatten(before)
  const to = flatten(after)
  const names = [...new Set([...from.keys(), ...to.keys()])]
  const isShown = (name: string) =>
    name !== 'id' && (isChange ? !isGroupBeside(names, name) : (from.get(name) ?? to.get(name)) !== null)
  const read = (leaves: Map<string, unknown>, name: string) =>
    leaves.has(name) ? valueInWords(leaves.get(name), timeZone) : undefined
  return names
    .filter(isShown)
    .map((name) => ({ label: nameInWords(name), before: read(from, name), after: read(to, name) }))
    .filter((change) => change.before !== change.after)
}

/** Whether the field is a group in the other state: that it was not set before says nothing beside its fields now. */
function isGroupBeside(names: readonly string[], name: string): boolean {
  return names.some((other) => other.startsWith(`${name}.`))
}

/** A state as its leaves, by their paths: `limits.membersMax`. */
function flatten(state: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>()
  const visit = (value: unknown, path: string) => {
    // A group without fields is not set.
    if (!isGroup(value))
      return leaves.set(path, isObject(value) && Object.keys(value).length === 0 ? null : value)
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`)
    return leaves
  }
  return isGroup(state) ? visit(state, '') : leaves
}

type Group = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isGroup(value: unknown): value is Group {
  return isObject(value) && !isAmount(value) && !isMoney(value) && Object.keys(value).length > 0
}

function isAmount(value: unknown): value is Amount {
  return isObject(value) && 'milliseconds' in value && 'credits' in value
}

function isMoney(value: unknown): value is Money {
  return isObject(value) && 'minor' in value && 'currency' in value
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

function valueInWords(value: unknown, timeZone: string): string {
  if (value === null || value === undefined || value === '') return 'not set'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  // Years have no separator.
  if (typeof value === 'number')
    return value.toLocaleString(locale, { maximumFractionDigits: 6, useGrouping: 'min2' })
  if (typeof value === 'string') return INSTANT.test(value) ? instant(value, 'dateTime', timeZone) : value
  if (isAmount(value)) return creditsInWords(value.milliseconds)
  if (isMoney(value)) return money(value)
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((item) => itemInWords(item, timeZone)).join(', ')
  return JSON.stringify(value)
}

function itemInWords(item: unknown, timeZone: string): string {
  if (!isObject(item)) return valueInWords(item, timeZone)
  const { day, from, to } = item
  if (typeof day === 'string' && typeof from === 'string' && typeof to === 'string')
    return `${day} ${from}–${to}`
  return Object.values(item)
    .map((inner) => valueInWords(inner, timeZone))
    .join(' ')
}

const shortWords: Readonly<Record<string, string>> = { id: 'ID', url: 'URL', llm: 'LLM', api: 'API' }

/** Writes the name of a field in words: `limits.membersMax` is "Limits: members max". */
function nameInWords(path: string): string {
  const words = path
    .split('.')
    .map((name) => name.replaceAll(/[A-Z]+/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('_', ' '))
    .join(': ')
    .replaceAll(/[a-z]+/g, (word) => shortWords[word] ?? word)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
