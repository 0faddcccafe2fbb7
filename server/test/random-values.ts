import fc from 'fast-check'

/** The part of a JSON schema from which values are generated. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly $ref?: string
}

/** What values are generated from, beside a schema. */
export type ValueContext = {
  readonly schemas: Readonly<Record<string, Schema>>
  /** IDs of things that exist. */
  readonly ids: readonly string[]
  readonly nowMs: number
}

/** Plausible values by field name, where the schema does not list them. */
const likely: Readonly<Record<string, readonly string[]>> = {
  limit: ['1', '2', '200', '201'],
  from: ['2026-11-21', '2026-11-22', '+15550100'],
  to: ['2026-11-22', '2026-11-23', '+15550199'],
  status: ['active', 'ended', 'authorized,in_conversation'],
  externalId: ['a', 'b', 'c'],
  name: ['Reception', 'Sales'],
  reason: ['Sorry', 'completed', 'failed'],
  timeZone: ['UTC', 'Europe/Berlin', 'America/New_York'],
  language: ['en', 'de-DE'],
  phoneNumber: ['+4930901820', '+14155552671'],
  llmProvider: ['openai'],
  llmModel: ['gpt-5'],
  planId: ['free', 'growth', 'enterprise'],
  packageId: ['credits_100', 'credits_500'],
  email: ['ada@example.com', 'eve@example.com'],
  currency: ['USD'],
}

export function mostly<T>(usual: fc.Arbitrary<T>, strange: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: strange })
}

/** Texts of all kinds, mostly ones that break databases, dates and numbers. */
export const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '0',
    '-1',
    '1e400',
    'null',
    '2026-02-30',
    '9999-12-31',
    '0000-01-01',
    '2026-11-22T10:00:00Z',
    'call_',
    `agt_${'0'.repeat(32)}`,
    'WzFd',
    '%00',
    '../..',
    "'; drop table calls; --",
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.5,
    60_000,
    2 ** 31,
    -(2 ** 31) - 1,
    Number.MAX_SAFE_INTEGER,
    1e300,
    -1e300,
    1e-9,
  ),
  fc.integer({ min: -1000, max: 100_000 }),
)

/** Any JSON value. */
export const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.jsonValue(),
)

/** A value that mostly fits the schema. */
export function valueFor(context: ValueContext, schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const right = validValueFor(context, schema)
  const texts = name === 'agentId' ? context.ids.filter((id) => id.startsWith('agt_')) : likely[name]
  return mostly(texts === undefined ? right : mostly(fc.constantFrom(...texts), right), anything)
}

function validValueFor(context: ValueContext, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const named = context.schemas[schema.$ref.split('/').at(-1) ?? '']
    return named === undefined ? anything : validValueFor(context, named)
  }
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => validValueFor(context, choice)))
  const types = [schema.type ?? []].flat()
  return types.length === 0
    ? anything
    : fc.oneof(...types.map((type) => typedValueFor(context, schema, type)))
}

function typedValueFor(context: ValueContext, schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objectOf(context, schema)
    case 'array':
      return fc.array(valueFor(context, schema.items ?? {}), { maxLength: 4 })
    case 'integer':
    case 'number':
      return number
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      if (schema.format === 'date-time') return instants(context.nowMs)
      return fc.oneof(
        fc.constantFrom(...context.ids, 'growth', 'Europe/Berlin', '2026-11-22', '20', 'en'),
        text,
      )
  }
}

function objectOf(context: ValueContext, schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema
  const fields = (isWanted: boolean) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => required.includes(name) === isWanted)
        .map(([name, property]) => [name, valueFor(context, property, name)]),
    )
  const strange = mostly(fc.constant({}), fc.dictionary(text, anything, { maxKeys: 2 }))
  return fc
    .tuple(someOf(fields(true), 0.98), someOf(fields(false), 0.4), strange)
    .map(([wanted, optional, more]) => ({ ...wanted, ...optional, ...more }))
}

/** Includes each field with the given probability. */
export function someOf(
  fields: Record<string, fc.Arbitrary<unknown>>,
  probability: number,
): fc.Arbitrary<Record<string, unknown>> {
  const weight = Math.round(probability * 100)
  const maybe = Object.entries(fields).map(([name, arbitrary]) => [
    name,
    fc.oneof({ weight, arbitrary }, { weight: 100 - weight, arbitrary: fc.constant(undefined) }),
  ])
  return fc
    .record(Object.fromEntries(maybe) as Record<string, fc.Arbitrary<unknown>>)
    .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)))
}

export function instants(nowMs: number): fc.Arbitrary<string> {
  const days = 24 * 60 * 60 * 1000
  return fc.integer({ min: -2 * days, max: 10_000 }).map((ms) => new Date(nowMs + ms).toISOString())
}
