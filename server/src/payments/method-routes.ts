import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole, type Scope } from '../access/index.ts'
import { addAudit, type Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { testCards } from './gateway.ts'
import { parseMethodId } from './parse-ids.ts'
import { listMethods } from './payment-method-store.ts'
import type { Payments } from './payments.ts'
import { PaymentMethodResponse, paymentMethodResponse } from './response-schemas.ts'

export type MethodRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
  readonly payments: Payments
}

const NewMethodRequest = z.strictObject({
  testCard: z.enum(testCards).optional().meta({ description: 'What the card does; sandbox only.' }),
})

const SetupResponse = z
  .object({
    setupUrl: z
      .string()
      .meta({ description: 'The page on which the customer types in the card. It is saved after that.' }),
  })
  .meta({ id: 'PaymentMethodSetup' })

const MethodAnswerResponse = z.union([PaymentMethodResponse, SetupResponse])
type MethodAnswerResponse = z.infer<typeof MethodAnswerResponse>

const tags = ['Payments']
const params = z.object({ id: z.string() })

const listSchema = {
  tags,
  summary: 'The saved cards, newest first',
  querystring: ListQuery,
  response: { 200: listOf(PaymentMethodResponse) },
}

const addSchema = {
  tags,
  summary: 'Add a card, which becomes the default',
  description:
    'The sandbox saves the card at once. With Stripe, the response is the address of a page on which the customer types in the card.',
  body: NewMethodRequest,
  response: { 201: MethodAnswerResponse },
}

const makeDefaultSchema = {
  tags,
  summary: 'Charge this card unless another is named',
  params,
  response: { 200: PaymentMethodResponse },
}

const removeSchema = {
  tags,
  summary: 'Remove a card. It is never charged again',
  params,
  response: { 204: z.undefined() },
}

/** The routes of a workspace's cards, for owners and admins. */
export function methodRoutes(deps: MethodRouteDeps): Routes {
  const { payments } = deps
  return async (server) => {
    server.get('/v1/payment-methods', { schema: listSchema }, async (request) =>
      sendMethods(deps, (await requirePayingScope(deps, request)).workspaceId, request.query),
    )
    server.post(
      '/v1/payment-methods',
      { config: { keyScope: 'money' }, schema: addSchema },
      async (request, reply) => addMethod(deps, request, reply, request.body),
    )
    server.post(
      '/v1/payment-methods/:id/default',
      { config: { keyScope: 'money' }, schema: makeDefaultSchema },
      async (request, reply) => {
        const scope = await requirePayingScope(deps, request)
        const id = parseMethodId(request.params.id)
        return deps.ledger.command(request, reply, scope.workspaceId, async (change) => ({
          status: 200,
          body: paymentMethodResponse(await payments.makeDefault(change, id, scope)),
        }))
      },
    )
    server.delete(
      '/v1/payment-methods/:id',
      { config: { keyScope: 'money' }, schema: removeSchema },
      async (request, reply) => {
        const scope = await requirePayingScope(deps, request)
        await payments.removeMethod(scope.workspaceId, parseMethodId(request.params.id), scope)
        reply.code(204)
        return undefined
      },
    )
  }
}

/** Returns the request's scope if the actor is an owner or admin of the workspace. */
async function requirePayingScope({ access }: MethodRouteDeps, request: FastifyRequest): Promise<Scope> {
  const scope = await access.scopeOf(request)
  requireRole(scope, 'admin')
  return scope
}

async function sendMethods(
  { database, payments }: MethodRouteDeps,
  workspaceId: string,
  query: z.infer<typeof ListQuery>,
) {
  const limit = query.limit ?? LIMIT_DEFAULT
  const beforeId = decodeCursor(query.cursor, ['uuid'])?.[0] ?? null
  const scope = { workspaceId, gateway: payments.gateway }
  const methods = await listMethods(database, scope, { limit: limit + 1, beforeId })
  return buildPage(methods, limit, (method) => [method.id], paymentMethodResponse)
}

async function addMethod(
  deps: MethodRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { testCard }: z.infer<typeof NewMethodRequest>,
) {
  const { ledger, payments } = deps
  const scope = await requirePayingScope(deps, request)
  const { workspaceId } = scope
  const answer = await payments.requestMethod(workspaceId, { testCard })
  return ledger.command<MethodAnswerResponse>(request, reply, workspaceId, async (change) => {
    if (answer.kind === 'set_up') {
      // The gateway reports the card later, and then nobody is there who could be named.
      const target = { kind: 'workspace', id: workspaceId } as const
      addAudit(change.unit, scope, { action: 'payment_method.setup_started', target })
      return { status: 201, body: { setupUrl: answer.setupUrl } }
    }
    const method = await payments.addMethod(change, answer.method, scope)
    return { status: 201, body: paymentMethodResponse(method) }
  })
}
