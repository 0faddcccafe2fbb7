import { findKeyScope, type KeyScope } from './access/index.ts'
import type { ApiDescription } from './platform/http/openapi.ts'
import { problemRegistry } from './problem-registry.ts'

/** Routes below this path answer errors in the form of OpenAI's API. */
const LLM_GATEWAY_PATH = '/llm/v1/'

/** What /openapi.json says about the whole API. */
export function describeApi(version: string): ApiDescription {
  return {
    info: {
      title: 'Talktime',
      version,
      description:
        'Prepaid credits for voice agents: 1 credit is 1 minute of conversation. ' +
        'Talktime decides whether a call may start, meters it, and charges the exact time talked.',
    },
    securityOf: ({ method, config }) => describeSecurity(findKeyScope(method, config)),
    securitySchemes: {
      key: {
        type: 'http',
        scheme: 'bearer',
        description:
          'A workspace key (`tt_…`), or an operator key (`tt_op_…`) with the header `Talktime-Workspace`. ' +
          'Each operation names the scope that the key needs.',
      },
      session: { type: 'apiKey', in: 'cookie', name: 'talktime.session_token' },
    },
    problemCodes: Object.keys(problemRegistry),
    problemMembers: {
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
    sharedParameters: {
      IdempotencyKey: {
        component: idempotencyKey,
        appliesTo: (method, path) => method === 'post' && !path.startsWith(LLM_GATEWAY_PATH),
      },
      Workspace: {
        component: workspace,
        appliesTo: (_method, path, { security }) => path.startsWith('/v1/') && security?.length !== 0,
      },
    },
    otherErrors: {
      OpenAiError: {
        component: openAiError,
        appliesTo: (_method, path) => path.startsWith(LLM_GATEWAY_PATH),
      },
    },
  }
}

/** Nobody reports calls from the dashboard. */
function describeSecurity(scope: KeyScope | undefined): Record<string, string[]>[] {
  const key = { key: scope === undefined ? [] : [scope] }
  return scope === 'calls:report' ? [key] : [key, { session: [] }]
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description: 'For a day, a request with the same key and body is answered with the first response again.',
}

const workspace = {
  name: 'Talktime-Workspace',
  in: 'header',
  schema: { type: 'string' },
  description: 'The workspace to act in, for operator keys and for members of several.',
}

const openAiError = {
  description: 'An error, as OpenAI’s API words it.',
  content: {
    'application/json': {
      schema: {
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
      },
    },
  },
}
