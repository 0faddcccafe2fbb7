import { readFile } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import type { FastifyContextConfig } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { HttpServer } from './http-server.ts'

/** What the OpenAPI document says beyond the schemas of the routes. */
export type ApiDescription = {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  /** What a route needs, unless its schema says so itself. */
  readonly securityOf: (route: { readonly method: string; readonly config: FastifyContextConfig }) => Security
  readonly securitySchemes: Record<string, SecurityScheme>
  /** The values of a problem’s `code`. */
  readonly problemCodes: readonly string[]
  /** JSON schemas of the members that some problems have beside those of RFC 9457. */
  readonly problemMembers: Readonly<Record<string, object>>
  /** Parameters that many operations take, by the name of their component. */
  readonly sharedParameters: Readonly<Record<string, SharedPart>>
  /** How some operations answer an error instead of by a problem, by the name of the component. */
  readonly otherErrors: Readonly<Record<string, SharedPart>>
}

/** Alternatives, each with the names of the schemes that it needs and what the sender must be allowed. */
type Security = Record<string, string[]>[]

type SecurityScheme =
  | { readonly type: 'http'; readonly scheme: string; readonly description?: string }
  | { readonly type: 'apiKey'; readonly in: 'cookie' | 'header'; readonly name: string }

/** A component of the document, and the operations that refer to it. */
type SharedPart = {
  readonly component: object
  readonly appliesTo: (method: Method, path: string, operation: Operation) => boolean
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof METHODS)[number]

type Operation = { parameters?: unknown[]; responses?: Record<string, unknown>; security?: unknown[] }

/** The part of an OpenAPI document that is changed here. */
type Document = {
  paths?: Record<string, Partial<Record<Method, Operation>>>
  components?: Record<string, Record<string, unknown>>
}

/** Serves /openapi.json, which describes all routes that are registered after this call. */
export async function describeRoutes(server: HttpServer, api: ApiDescription): Promise<void> {
  const { info, securitySchemes } = api
  await server.register(swagger, {
    openapi: { openapi: '3.1.0', info, components: { securitySchemes } },
    transform: (given) => describeRoute(given, api),
    transformObject: (given) => {
      const document = jsonSchemaTransformObject(given)
      addSharedParts(document as Document, api)
      dropUnusedSchemas(document as Document)
      return document
    },
  })
  let text: string | undefined
  server.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(server.swagger())
    return reply.header('content-type', 'application/json; charset=utf-8').send(text)
  })
}

type GivenRoute = Parameters<typeof jsonSchemaTransform>[0]

function describeRoute(given: GivenRoute, { securityOf }: ApiDescription) {
  const { schema, url } = jsonSchemaTransform(given)
  if (!url.startsWith('/v1/') || schema?.security !== undefined) return { schema, url }
  const { method, config = {} } = given.route
  return { schema: { ...schema, security: securityOf({ method: String(method), config }) }, url }
}

function problemSchema({ problemCodes, problemMembers }: ApiDescription) {
  return {
    type: 'object',
    description: 'What went wrong (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'The address of the page that explains the code.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'A sentence about this request.' },
      code: { type: 'string', enum: problemCodes },
      requestId: { type: 'string', format: 'uuid' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: {
            pointer: { type: 'string', description: 'A JSON pointer to the field.' },
            detail: { type: 'string', description: 'What would be right.' },
          },
        },
      },
      ...problemMembers,
    },
  }
}

function addSharedParts(document: Document, api: ApiDescription): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation !== undefined) referToSharedParts(operation, method, path, api)
    }
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema(api) },
    parameters: componentsOf(api.sharedParameters),
    responses: {
      ...componentsOf(api.otherErrors),
      Problem: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function referToSharedParts(operation: Operation, method: Method, path: string, api: ApiDescription): void {
  const namesIn = (parts: Readonly<Record<string, SharedPart>>) =>
    Object.keys(parts).filter((name) => parts[name]?.appliesTo(method, path, operation))
  const parameters = namesIn(api.sharedParameters)
  const [otherError] = namesIn(api.otherErrors)
  operation.parameters = [
    ...(operation.parameters ?? []),
    ...parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
  operation.responses = {
    ...operation.responses,
    default: { $ref: `#/components/responses/${otherError ?? 'Problem'}` },
  }
}

function componentsOf(parts: Readonly<Record<string, SharedPart>>): Record<string, object> {
  return Object.fromEntries(Object.entries(parts).map(([name, { component }]) => [name, component]))
}

/** Removes schemas that nothing refers to: each named schema comes in two forms, for requests and for responses. */
function dropUnusedSchemas(document: Document): void {
  const { schemas = {} } = document.components ?? {}
  for (;;) {
    const text = JSON.stringify(document)
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))
    if (unused.length === 0) return
    for (const name of unused) delete schemas[name]
  }
}

/** The server's own version, from its package. */
export async function readOwnVersion(): Promise<string> {
  const file = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(file) as { version: unknown }).version)
}
