import fc from 'fast-check'
import type { TestRequest } from './app.ts'
import {
  anything,
  instants,
  mostly,
  type Schema,
  someOf,
  text,
  type ValueContext,
  valueFor,
} from './random-values.ts'

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
        Object.fromEntries(
          query.map(({ name, schema }) => [name, valueFor(contextOf(ingredients), schema, name)]),
        ),
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

/** The prefix of the IDs in a path, by its second segment. */
const prefixes: Readonly<Record<string, string>> = {
  calls: 'call_',
  agents: 'agt_',
  workspaces: 'ws_',
  plans: 'growth',
  packages: 'credits_',
}

function bodyOf(ingredients: Ingredients, contentType: string, schema: Schema = {}): fc.Arbitrary<unknown> {
  if (contentType === 'application/x-ndjson') return linesOf(ingredients)
  return fc.oneof(
    { weight: 10, arbitrary: valueFor(contextOf(ingredients), schema) },
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

function contextOf({ document, ids, nowMs }: Ingredients): ValueContext {
  return { schemas: document.components.schemas, ids, nowMs }
}
