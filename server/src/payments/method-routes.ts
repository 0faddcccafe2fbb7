import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import { testCards } from './gateway.ts'
import { listMethods } from './payment-method-store.ts'
import type { Payments } from './payments.ts'
import { paymentProblems } from './problems.ts'
import { PaymentMethodResponse, paymentMethodResponse } from './response-schemas.ts'

export type MethodRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
  readonly payments: Payments
}

const NewMethodRequest = z.strictObject({
  testCard: z.enum(testCards).optional().meta({ description: 'For the sandbox: what the card does.' }),
})

const SetupRequest = z
  .object({
    setupUrl: z.string().meta({ description: 'The page on which the card is typed in; it is saved then.' }),
  })
  .meta({ id: 'PaymentMethodSetup' })

const MethodAnswerResponse = z.union([PaymentMethodResponse, SetupRequest])

const tags = ['Payments']
const params = z.object({ id: z.string() })

/** The cards of a workspace, for those who may spend its money. */
export function methodRoutes(deps: MethodRouteDeps): Routes {
  const { access, database, ledger, payments } = deps

  /** The workspace, for an owner or admin of it. */
  async function workspaceToPayFor(request: Parameters<Access['scopeOf']>[0]): Promise<string> {
    const scope = await access.scopeOf(request)
    requireRole(scope, 'admin')
    return scope.workspaceId
  }

  return async (server) => {
    server.get(
      '/v1/payment-methods',
      {
        schema: {
          tags,
          summary: 'The saved cards, newest first',
          querystring: ListQuery,
          response: { 200: listOf(PaymentMethodResponse) },
        },
      },
      async (request) => {
        const workspaceId = await workspaceToPayFor(request)
        const limit = request.query.limit ?? LIMIT_DEFAULT
        const beforeId = decodeCursor(request.query.cursor, ['uuid'])?.[0] ?? null
        const scope = { workspaceId, gateway: payments.gateway }
        const methods = await listMethods(database, scope, { limit: limit + 1, beforeId })
        return buildPage(methods, limit, (method) => [method.id], paymentMethodResponse)
      },
    )

    server.post(
      '/v1/payment-methods',
      {
        schema: {
          tags,
          summary: 'Add a card; it becomes the default',
          description:
            'In the sandbox the card is there at once. With Stripe the answer is the address of a page on which the card is typed in.',
          body: NewMethodRequest,
          response: { 201: MethodAnswerResponse },
        },
      },
      async (request, reply) => {
        const workspaceId = await workspaceToPayFor(request)
        const answer = await payments.requestMethod(workspaceId, { testCard: request.body.testCard })
        return ledger.command<z.infer<typeof MethodAnswerResponse>>(
          request,
          reply,
          workspaceId,
          async (change) => {
            if (answer.kind === 'set_up') return { status: 201, body: { setupUrl: answer.setupUrl } }
            const method = await payments.keepMethod(change, answer.method)
            return { status: 201, body: paymentMethodResponse(method) }
          },
        )
      },
    )

    server.post(
      '/v1/payment-methods/:id/default',
      {
        schema: {
          tags,
          summary: 'Charge this card unless another is named',
          params,
          response: { 200: PaymentMethodResponse },
        },
      },
      async (request, reply) => {
        const workspaceId = await workspaceToPayFor(request)
        const id = methodUuid(request.params.id)
        return ledger.command(request, reply, workspaceId, async (change) => ({
          status: 200,
          body: paymentMethodResponse(await payments.makeDefault(change, id)),
        }))
      },
    )

    server.delete(
      '/v1/payment-methods/:id',
      {
        schema: {
          tags,
          summary: 'Remove a card; it is never charged again',
          params,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const workspaceId = await workspaceToPayFor(request)
        await payments.removeMethod(workspaceId, methodUuid(request.params.id))
        reply.code(204)
        return undefined
      },
    )
  }
}

/** Throws `payment_method_not_found` for what is no id of a card. */
export function methodUuid(id: string): string {
  const uuid = uuidFrom('paymentMethod', id)
  if (uuid === undefined) {
    throw new Problem(paymentProblems.payment_method_not_found, 'There is no such card in this workspace.')
  }
  return uuid
}
