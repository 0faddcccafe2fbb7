import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { orderTopUp } from './order-top-up.ts'
import { parseMethodId, parsePurchaseId } from './parse-ids.ts'
import type { Payments } from './payments.ts'
import { listPurchases, requirePurchase, requirePurchaseWorkspace } from './purchase-store.ts'
import {
  createDeclinedProblem,
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
    .meta({ description: 'The card to charge; if omitted, the default card.' }),
})

const tags = ['Payments']
const params = z.object({ id: z.string() })

const buySchema = {
  tags,
  summary: 'Buy credits',
  description:
    'Charges the card and adds the credits. A request with the Idempotency-Key of an earlier one continues the purchase of the earlier one and returns it in its current state; a declined purchase stays declined. Without a key, an identical order counts as a repeat while the outcome of the first is open.',
  body: PurchaseRequest,
  response: { 201: PurchaseResponse },
}

const listSchema = {
  tags,
  summary: 'Purchases, newest first',
  querystring: ListQuery,
  response: { 200: listOf(PurchaseResponse) },
}

const cancelSchema = {
  tags,
  summary: 'Cancel a purchase that waits for a confirmation with the bank',
  description: 'A purchase that is over stays as it is. The response shows its current state.',
  params,
  response: { 200: PurchaseResponse },
}

const readSchema = {
  tags,
  summary: 'A purchase with its receipt',
  params,
  response: { 200: PurchaseDetailResponse },
}

/** The routes for buying credits and for reading purchases. */
export function purchaseRoutes(deps: PurchaseRouteDeps): Routes {
  const { access, database, payments } = deps
  return async (server) => {
    server.post(
      '/v1/purchases',
      { config: { keyScope: 'money' }, schema: buySchema },
      async (request, reply) => buyCredits(deps, request, reply, request.body),
    )
    server.get('/v1/purchases', { schema: listSchema }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const limit = request.query.limit ?? LIMIT_DEFAULT
      const beforeId = decodeCursor(request.query.cursor, ['uuid'])?.[0] ?? null
      const purchases = await listPurchases(database, workspaceId, { limit, beforeId })
      const origin = readOrigin(deps, request)
      return buildPage(
        purchases,
        limit,
        (purchase) => [purchase.id],
        (purchase) => purchaseResponse(purchase, origin),
      )
    })
    server.post(
      '/v1/purchases/:id/cancel',
      { config: { keyScope: 'money' }, schema: cancelSchema },
      async (request) => {
        const { scope, id } = await readPurchaseScope(deps, request, request.params.id)
        requireRole(scope, 'admin')
        const { workspaceId } = await requirePurchase(database, { workspaceId: scope.workspaceId, id })
        const canceled = await payments.cancel({ workspaceId, id }, scope)
        return purchaseResponse(canceled, readOrigin(deps, request))
      },
    )
    server.get('/v1/purchases/:id', { schema: readSchema }, async (request) => {
      const { scope, id } = await readPurchaseScope(deps, request, request.params.id)
      const purchase = await requirePurchase(database, { workspaceId: scope.workspaceId, id })
      return purchaseDetailResponse(purchase, readOrigin(deps, request))
    })
  }
}

/** The origin at which the sender of a request reaches this server. */
function readOrigin({ publicUrl }: PurchaseRouteDeps, request: FastifyRequest): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}

/** Reads the scope of a request about a purchase. An operator's key need not name the workspace: the purchase does. */
async function readPurchaseScope(
  { access, database }: PurchaseRouteDeps,
  request: FastifyRequest,
  publicId: string,
) {
  const id = parsePurchaseId(publicId)
  const scope = await access.scopeOf(request, { workspaceOf: () => requirePurchaseWorkspace(database, id) })
  return { scope, id }
}

async function buyCredits(
  deps: PurchaseRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { packageId, quantity, paymentMethodId }: z.infer<typeof PurchaseRequest>,
) {
  const { access, idempotency, payments } = deps
  const scope = await access.scopeOf(request)
  requireRole(scope, 'admin')
  const { workspaceId, actor, origin } = scope
  const { purchase, isRepeat } = await orderTopUp(deps, {
    workspaceId,
    packageId,
    quantity,
    paymentMethodId: paymentMethodId === undefined ? undefined : parseMethodId(paymentMethodId),
    actor,
    requestOrigin: origin,
    idempotency: idempotency.idempotencyOf(request),
  })
  if (isRepeat) reply.header('idempotent-replayed', 'true')
  const charged = await payments.charge(purchase)
  if (charged.status === 'failed') throw createDeclinedProblem(charged)
  reply.code(201)
  return purchaseResponse(charged, readOrigin(deps, request))
}
