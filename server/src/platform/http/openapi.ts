import { readFile } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { problemRegistry } from '../problem.ts'
import type { HttpServer } from './http-server.ts'

/** Describes the routes that are registered after it. */
export async function describeRoutes(server: HttpServer, options: { version: string }): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Talktime',
        version: options.version,
        description:
          'Prepaid credits for voice agents: 1 credit is 1 minute of conversation. ' +
          'Talktime decides whether a call may start, meters it, and charges the exact time talked.',
      },
      security: [{ key: [] }, { session: [] }],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A workspace key (`tt_…`), or an operator key (`tt_op_…`) with the header `Talktime-Workspace`.',
          },
          session: { type: 'apiKey', in: 'cookie', name: 'talktime.session_token' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (given) => {
      const document = jsonSchemaTransformObject(given)
      addWhatAllRoutesShare(document as Document)
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

const problemSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence about this request.' },
    code: { type: 'string', enum: Object.keys(problemRegistry) },
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
    purchaseId: { type: 'string', description: 'With payment_declined: the purchase that failed.' },
    failure: {
      type: 'object',
      description: 'With payment_declined: why.',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', example: 'insufficient_funds' },
        message: { type: 'string', description: 'A sentence for the customer.' },
      },
    },
  },
}

/** What stands below answers as OpenAI's API does. */
const gatewayPath = '/llm/v1/'

const openAiErrorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'code', 'param'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        code: { type: ['string', 'number', 'null'] },
        param: { type: ['string', 'null'] },
        talktime: {
          type: 'object',
          description: 'What the gateway has to say: whose key it was, the requestId.',
        },
      },
    },
  },
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description: 'The same key and body give the first answer again, for a day.',
}

const workspace = {
  name: 'Talktime-Workspace',
  in: 'header',
  schema: { type: 'string' },
  description: 'The workspace to act in, for operator keys and for members of several.',
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

type Operation = { parameters?: unknown[]; responses?: Record<string, unknown>; security?: unknown[] }

/** As much of an OpenAPI document as is changed here. */
type Document = {
  paths?: Record<string, Partial<Record<(typeof methods)[number], Operation>>>
  components?: Record<string, Record<string, unknown>>
}

function addWhatAllRoutesShare(document: Document): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation = item[method]
      if (operation === undefined) continue
      const shared = [
        ...(method === 'post' && !path.startsWith(gatewayPath) ? ['IdempotencyKey'] : []),
        ...(path.startsWith('/v1/') && operation.security?.length !== 0 ? ['Workspace'] : []),
      ]
      operation.parameters = [
        ...(operation.parameters ?? []),
        ...shared.map((name) => ({ $ref: `#/components/parameters/${name}` })),
      ]
      const isGateway = path.startsWith(gatewayPath)
      const problem = { $ref: `#/components/responses/${isGateway ? 'OpenAiError' : 'Problem'}` }
      operation.responses = { ...operation.responses, default: problem }
    }
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema },
    parameters: { IdempotencyKey: idempotencyKey, Workspace: workspace },
    responses: {
      OpenAiError: {
        description: 'An error, as OpenAI’s API words it.',
        content: { 'application/json': { schema: openAiErrorSchema } },
      },
      Problem: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

/** Every named schema is described twice, as it is sent and as it is taken; most are only one of both. */
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
