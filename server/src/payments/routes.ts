import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import { methodUuid } from './method-routes.ts'
import { orderTopUp } from './order-top-up.ts'
import type { Payments } from './payments.ts'
import { paymentProblems } from './problems.ts'
import { listPurchases, requirePurchase, workspaceOfPurchase } from './purchase-store.ts'
import {
  declinedProblem,
  PurchaseDetailResponse,
  PurchaseResponse,
  purchaseDetailResponse,
  purchaseResponse,
} from './response-schemas.ts'

export type PurchaseRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly idempotency: Idempotency
  readonly ledger: Ledger
  readonly payments: Payments
  readonly publicUrl: string | undefined
}

const PurchaseRequest = z.strictObject({
  packageId: z.string().meta({ example: 'credits_100' }),
  quantity: z.int().min(1).max(100).meta({ description: 'How many packages.' }),
  paymentMethodId: z
    .string()
    .optional()
    .meta({ description: 'The card to charge; the default unless told.' }),
})

const tags = ['Payments']

/** Buying credits, and what was bought. */
export function purchaseRoutes(deps: PurchaseRouteDeps): Routes {
  const { access, database, idempotency, payments } = deps
  const originOf = (request: FastifyRequest) => deps.publicUrl ?? `${request.protocol}://${request.host}`

  /** An operator's key needs to name no workspace: the purchase does. */
  async function scopeOfPurchase(request: FastifyRequest, text: string) {
    const id = purchaseUuid(text)
    const scope = await access.scopeOf(request, { workspaceOf: () => workspaceOfPurchase(database, id) })
    return { scope, id }
  }

  return async (server) => {
    server.post(
      '/v1/purchases',
      {
        schema: {
          tags,
          summary: 'Buy credits',
          description:
            'Charges the card and adds the credits. A repeat with the same Idempotency-Key continues the same purchase and answers it as it is then; a declined one stays declined. Without a key, the same order is taken for a repeat while the outcome of the first is open.',
          body: PurchaseRequest,
          response: { 201: PurchaseResponse },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId, actor } = scope
        const { packageId, quantity, paymentMethodId } = request.body
        const { purchase, repeated } = await orderTopUp(deps, {
          workspaceId,
          packageId,
          quantity,
          paymentMethodId: paymentMethodId === undefined ? undefined : methodUuid(paymentMethodId),
          actor,
          idempotency: idempotency.idempotencyOf(request),
        })
        if (repeated) reply.header('idempotent-replayed', 'true')
        const settled = await payments.charge(purchase)
        if (settled.status === 'failed') throw declinedProblem(settled)
        return reply.code(201).send(purchaseResponse(settled, originOf(request)))
      },
    )

    server.get(
      '/v1/purchases',
      {
        schema: {
          tags,
          summary: 'Purchases, newest first',
          querystring: ListQuery,
          response: { 200: listOf(PurchaseResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const limit = request.query.limit ?? LIMIT_DEFAULT
        const beforeId = decodeCursor(request.query.cursor, ['uuid'])?.[0] ?? null
        const purchases = await listPurchases(database, workspaceId, { limit, beforeId })
        const origin = originOf(request)
        return buildPage(
          purchases,
          limit,
          (purchase) => [purchase.id],
          (purchase) => purchaseResponse(purchase, origin),
        )
      },
    )

    server.post(
      '/v1/purchases/:id/cancel',
      {
        schema: {
          tags,
          summary: 'Give up a purchase that waits for a confirmation with the bank',
          description: 'What is over already stays as it is; the answer says how it is.',
          params: z.object({ id: z.string() }),
          response: { 200: PurchaseResponse },
        },
      },
      async (request) => {
        const { scope, id } = await scopeOfPurchase(request, request.params.id)
        requireRole(scope, 'admin')
        const { workspaceId } = await requirePurchase(database, { workspaceId: scope.workspaceId, id })
        return purchaseResponse(await payments.cancel({ workspaceId, id }), originOf(request))
      },
    )

    server.get(
      '/v1/purchases/:id',
      {
        schema: {
          tags,
          summary: 'A purchase with its receipt',
          params: z.object({ id: z.string() }),
          response: { 200: PurchaseDetailResponse },
        },
      },
      async (request) => {
        const { scope, id } = await scopeOfPurchase(request, request.params.id)
        const purchase = await requirePurchase(database, { workspaceId: scope.workspaceId, id })
        return purchaseDetailResponse(purchase, originOf(request))
      },
    )
  }
}

/** Throws `purchase_not_found` for what is no id of a purchase. */
function purchaseUuid(id: string): string {
  const uuid = uuidFrom('purchase', id)
  if (uuid === undefined) {
    throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase in this workspace.')
  }
  return uuid
}
