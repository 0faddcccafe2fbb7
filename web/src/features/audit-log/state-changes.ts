import type { Amount, Money } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'

/** A field of what was changed, with its value before and after in words. Undefined: the field was not there. */
export type FieldChange = {
  readonly label: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/**
 * Lists what changed between the states before and after an action, field by field, in words. Fields inside fields are
 * compared on their own.
 */
export function listChanges(before: unknown, after: unknown, timeZone: string): FieldChange[] {
  const from = flatten(before)
  const to = flatten(after)
  const names = [...new Set([...from.keys(), ...to.keys()])]
  return names
    .map((name) => ({
      label: nameInWords(name),
      before: from.has(name) ? valueInWords(from.get(name), timeZone) : undefined,
      after: to.has(name) ? valueInWords(to.get(name), timeZone) : undefined,
    }))
    .filter((change) => change.before !== change.after)
}

/** A state as its leaves, by their paths: `limits.membersMax`. */
function flatten(state: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>()
  const visit = (value: unknown, path: string) => {
    if (!isGroup(value)) return leaves.set(path, value)
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`)
    return leaves
  }
  return isGroup(state) ? visit(state, '') : leaves
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && !isAmount(value) && !isMoney(value) && Object.keys(value).length > 0
}

function isAmount(value: unknown): value is Amount {
  return typeof value === 'object' && value !== null && 'milliseconds' in value && 'credits' in value
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'minor' in value && 'currency' in value
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

function valueInWords(value: unknown, timeZone: string): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumFractionDigits: 6 })
  if (typeof value === 'string') return INSTANT.test(value) ? instant(value, 'dateTime', timeZone) : value
  if (isAmount(value)) return creditsInWords(value.milliseconds)
  if (isMoney(value)) return money(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.length === 0 ? 'none' : value.join(', ')
  return JSON.stringify(value)
}

/** Writes the name of a field in words: `limits.membersMax` is "Limits: members max". */
function nameInWords(path: string): string {
  const words = path
    .split('.')
    .map((name) => name.replaceAll(/[A-Z]+/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('_', ' '))
    .join(': ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
