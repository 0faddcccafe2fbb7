import { Readable } from 'node:stream'
import type { FastifySchemaCompiler } from 'fastify'
import { type $ZodRawIssue, type $ZodType, type output, safeParse } from 'zod/v4/core'
import { type InvalidPart, Problem, platformProblems } from '../problem.ts'

/** Validates a part of a request with its Zod schema. Errors become sentences that say what is accepted. */
export const validatorCompiler: FastifySchemaCompiler<$ZodType> =
  ({ schema }) =>
  (data) =>
    validate(schema, data)

/** Parses a value, such as a line of a body, like a whole body. Throws Problem `invalid_request`. */
export function parseValue<Schema extends $ZodType>(schema: Schema, data: unknown): output<Schema> {
  const result = validate(schema, data)
  if ('error' in result) throw result.error
  return result.value
}

function validate<Schema extends $ZodType>(
  schema: Schema,
  data: unknown,
): { value: output<Schema> } | { error: Problem } {
  const result = safeParse(schema, data, { error: describeIssue })
  if (!result.success) return { error: invalidRequest(result.error.issues) }
  const lost = findLostTexts(result.data)
  return lost.length > 0 ? { error: invalidRequest(lost) } : { value: result.data }
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string; readonly code?: string }

/**
 * Finds texts that could not be stored unchanged: PostgreSQL cannot store NUL, and half of a surrogate pair is not a
 * character in UTF-8.
 */
function findLostTexts(value: unknown, path: readonly PropertyKey[] = []): Issue[] {
  // A file that streams in is checked by its reader.
  if (value instanceof Readable) return []
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, part]) => [
      ...(isKept(key) ? [] : [lostText([...path, key])]),
      ...findLostTexts(part, [...path, key]),
    ])
  }
  return path.length === 0 || typeof value !== 'string' || isKept(value) ? [] : [lostText(path)]
}

const isKept = (text: string) => text.isWellFormed() && !text.includes('\0')

function lostText(path: readonly PropertyKey[]): Issue {
  const message = `"${path.join('.')}" must hold neither NUL (U+0000) nor half of a surrogate pair.`
  return { path, message }
}

/** Builds the problem of all `issues`: `errors` has one entry per wrong field. */
export function invalidRequest(issues: readonly Issue[]): Problem {
  const errors: InvalidPart[] = issues.flatMap((issue) => {
    const unknownFields =
      'keys' in issue && issue.code === 'unrecognized_keys' ? (issue.keys as string[]) : []
    if (unknownFields.length === 0) return [{ pointer: jsonPointer(issue.path), detail: issue.message }]
    return unknownFields.map((key) => ({ pointer: jsonPointer([...issue.path, key]), detail: issue.message }))
  })
  const sentences = [...new Set(errors.map((error) => error.detail))]
  const more = sentences.length > 3 ? ` And ${sentences.length - 3} more.` : ''
  return new Problem(platformProblems.invalid_request, sentences.slice(0, 3).join(' ') + more, { errors })
}

/** Builds a JSON pointer (RFC 6901). */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object',
}

const FORMATS: Record<string, string> = {
  email: 'an email address, such as ada@example.com',
  datetime: 'an instant, such as 2026-11-22T10:00:00.000Z',
  date: 'a date, such as 2026-11-22',
  url: 'a web address, such as https://example.com',
}

/** Writes the sentence for an issue whose schema has no message of its own. */
function describeIssue(issue: $ZodRawIssue): string | undefined {
  const path = issue.path ?? []
  const name = path.length === 0 ? 'The value' : `"${path.join('.')}"`
  switch (issue.code) {
    case 'invalid_type': {
      const right = TYPE_NAMES[issue.expected] ?? issue.expected
      if (path.length === 0) return `A JSON object is expected here, not ${nameType(issue.input)}.`
      if (issue.input === undefined) return `${name} is missing: it must be ${right}.`
      return `${name} must be ${right}, not ${nameType(issue.input)}.`
    }
    case 'too_small':
      return describeTooSmall(name, issue.origin, Number(issue.minimum), issue.inclusive ?? true)
    case 'too_big':
      return describeTooBig(name, issue.origin, Number(issue.maximum), issue.inclusive ?? true)
    case 'invalid_format':
      return `${name} must be ${FORMATS[issue.format] ?? 'in another form'}.`
    case 'invalid_value':
      if (issue.input === undefined) return `${name} is missing: it must be ${listValues(issue.values)}.`
      return `${name} must be ${listValues(issue.values)}.`
    case 'not_multiple_of':
      return `${name} must be a multiple of ${issue.divisor}.`
    case 'unrecognized_keys':
      return `There is no field ${issue.keys.map((key) => `"${key}"`).join(' or ')} here${listFields(issue)}.`
    case 'invalid_union':
      return `${name} has none of the forms it may have.`
    default:
      return undefined
  }
}

function describeTooSmall(name: string, origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'string' && minimum === 1) return `${name} must not be empty.`
  if (origin === 'string') return `${name} must have at least ${minimum} characters.`
  if (origin === 'array') return `${name} must hold at least ${minimum} items.`
  return `${name} must be ${inclusive ? 'at least' : 'more than'} ${minimum}.`
}

function describeTooBig(name: string, origin: string, maximum: number, inclusive: boolean): string {
  if (origin === 'string') return `${name} must have at most ${maximum} characters.`
  if (origin === 'array') return `${name} must hold at most ${maximum} items.`
  return `${name} must be ${inclusive ? 'at most' : 'less than'} ${maximum}.`
}

function listValues(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value))
  return quoted.length === 1 ? `${quoted[0]}` : `one of ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}

function listFields(issue: $ZodRawIssue): string {
  const definition = issue.inst?._zod.def
  if (definition === undefined || !('shape' in definition)) return ''
  const fields = Object.keys(definition.shape as object)
  return fields.length === 0 ? '; it takes none' : `; the fields are ${fields.join(', ')}`
}

function nameType(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isSafeInteger(value) ? 'a number' : `${value}`
  }
  return (
    { string: 'text', boolean: 'true or false', object: 'an object' }[typeof value as string] ?? typeof value
  )
}
