import fc from 'fast-check'
import type { TestRequest } from './app.ts'

/** The part of an OpenAPI document from which random requests are generated. */
export type ApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

type Operation = {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

type Parameter = {
  readonly name: string
  readonly in: string
  readonly schema: Schema
  readonly $ref?: string
}

type Schema = {
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

export type RandomRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly options: TestRequest
}

/** Values that make random requests meaningful to the server. */
export type Ingredients = {
  readonly document: ApiDocument
  /** IDs of things that exist. */
  readonly ids: readonly string[]
  /** Credentials, and the workspace they act in. */
  readonly callers: readonly Pick<TestRequest, 'key' | 'cookie' | 'workspace'>[]
  readonly nowMs: number
  /** Operations to leave out, such as `GET /v1/events`. */
  readonly without: ReadonlySet<string>
}

/**
 * Generates requests to every operation of the document: some valid, some wrong in one part, some wrong in all.
 */
export function randomRequests(ingredients: Ingredients): fc.Arbitrary<RandomRequest> {
  const operations = Object.entries(ingredients.document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    )
    .filter(({ method, path }) => !ingredients.without.has(`${method} ${path}`))
  return fc.oneof(...operations.map((operation) => requestsTo(ingredients, operation)))
}

function requestsTo(
  ingredients: Ingredients,
  { path, method, operation }: { path: string; method: string; operation: Operation },
): fc.Arbitrary<RandomRequest> {
  const { ids, callers } = ingredients
  const fitting = ids.filter((id) => id.startsWith(prefixes[path.split('/')[2] ?? ''] ?? ''))
  const id = mostly(fc.constantFrom(...fitting), fc.oneof(fc.constantFrom(...ids), text)).map((value) =>
    encodeURIComponent(value.toWellFormed()),
  )
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const [[contentType, sent] = []] = Object.entries(operation.requestBody?.content ?? {})
  return fc
    .record({
      path: fc.array(id, { minLength: 3, maxLength: 3 }),
      query: someOf(
        Object.fromEntries(query.map(({ name, schema }) => [name, valueFor(ingredients, schema, name)])),
        0.3,
      ),
      body:
        contentType === undefined ? fc.constant(undefined) : bodyOf(ingredients, contentType, sent?.schema),
      caller: mostly(fc.constantFrom(...callers), fc.constantFrom({}, { key: 'tt_wrong' })),
      idempotencyKey: mostly(fc.constant(undefined), fc.constantFrom('one', 'two', 'three', 'a b')),
      contentType: mostly(
        fc.constant(contentType),
        fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain'),
      ),
    })
    .map((drawn) => {
      const parts = [...drawn.path]
      const address = path.replaceAll(/\{\w+\}/g, () => parts.shift() ?? '')
      const search = new URLSearchParams(
        Object.entries(drawn.query).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      )
      const { caller, idempotencyKey, body, contentType: type } = drawn
      return {
        method: method as RandomRequest['method'],
        path: search.size > 0 ? `${address}?${search}` : address,
        options: {
          ...caller,
          ...(idempotencyKey !== undefined && { idempotencyKey }),
          ...(body !== undefined && { body }),
          ...(body !== undefined && type !== undefined && { headers: { 'content-type': type } }),
        },
      }
    })
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

/** The prefix of the IDs in a path, by its second segment. */
const prefixes: Readonly<Record<string, string>> = {
  calls: 'call_',
  agents: 'agt_',
  workspaces: 'ws_',
  plans: 'growth',
  packages: 'credits_',
}

function mostly<T>(usual: fc.Arbitrary<T>, strange: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: strange })
}

/** Texts of all kinds, mostly ones that break databases, dates and numbers. */
const text = fc.oneof(
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
const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.jsonValue(),
)

function bodyOf(ingredients: Ingredients, contentType: string, schema: Schema = {}): fc.Arbitrary<unknown> {
  if (contentType === 'application/x-ndjson') return linesOf(ingredients)
  return fc.oneof(
    { weight: 10, arbitrary: valueFor(ingredients, schema) },
    { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', '{"a":', '{"__proto__": {}}', '[[[[', '{}{}') },
  )
}

/** Lines of a batch: mostly starts, answers and ends of a few calls. */
function linesOf({ ids, nowMs }: Ingredients): fc.Arbitrary<string> {
  const externalId = fc.constantFrom('a', 'b', 'c', 'd')
  const at = fc.option(instants(nowMs), { nil: undefined, freq: 2 })
  const agentId = fc.constantFrom(...ids.filter((id) => id.startsWith('agt_')))
  const event = fc.oneof(
    fc.record({ type: fc.constant('start'), agentId, direction: fc.constant('web'), externalId, at }),
    fc.record({ type: fc.constantFrom('answer', 'end'), externalId, at }),
    fc.record({ type: fc.constantFrom('answer', 'end'), callId: fc.constantFrom(...ids) }),
  )
  const line = fc.oneof(
    { weight: 8, arbitrary: event.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: text },
  )
  return fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
}

/** A value that mostly fits the schema. */
function valueFor(ingredients: Ingredients, schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const right = validValueFor(ingredients, schema)
  const texts = name === 'agentId' ? ingredients.ids.filter((id) => id.startsWith('agt_')) : likely[name]
  return mostly(texts === undefined ? right : mostly(fc.constantFrom(...texts), right), anything)
}

function validValueFor(ingredients: Ingredients, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const named = ingredients.document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
    return named === undefined ? anything : validValueFor(ingredients, named)
  }
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => validValueFor(ingredients, choice)))
  const types = [schema.type ?? []].flat()
  return types.length === 0
    ? anything
    : fc.oneof(...types.map((type) => typedValueFor(ingredients, schema, type)))
}

function typedValueFor(ingredients: Ingredients, schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objectOf(ingredients, schema)
    case 'array':
      return fc.array(valueFor(ingredients, schema.items ?? {}), { maxLength: 4 })
    case 'integer':
    case 'number':
      return number
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      if (schema.format === 'date-time') return instants(ingredients.nowMs)
      return fc.oneof(
        fc.constantFrom(...ingredients.ids, 'growth', 'Europe/Berlin', '2026-11-22', '20', 'en'),
        text,
      )
  }
}

function objectOf(ingredients: Ingredients, schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema
  const fields = (isWanted: boolean) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => required.includes(name) === isWanted)
        .map(([name, property]) => [name, valueFor(ingredients, property, name)]),
    )
  const strange = mostly(fc.constant({}), fc.dictionary(text, anything, { maxKeys: 2 }))
  return fc
    .tuple(someOf(fields(true), 0.98), someOf(fields(false), 0.4), strange)
    .map(([wanted, optional, more]) => ({ ...wanted, ...optional, ...more }))
}

/** Includes each field with the given probability. */
function someOf(
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

function instants(nowMs: number): fc.Arbitrary<string> {
  const days = 24 * 60 * 60 * 1000
  return fc.integer({ min: -2 * days, max: 10_000 }).map((ms) => new Date(nowMs + ms).toISOString())
}
