import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { invalid } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { Payments } from '../payments.ts'
import type { Purchase } from '../purchase.ts'
import { findGatewayPurchase } from '../purchase-store.ts'
import type { StripeGateway } from './gateway.ts'
import { BILLING_PATH, buildPurchasePath, buildReturnPath, CARD_RETURN_PATH } from './pages.ts'
import type { StripeWebhook } from './webhook.ts'

export type StripeRouteDeps = {
  readonly database: Database
  readonly gateway: Pick<StripeGateway, 'findConfirmationUrl'>
  readonly payments: Pick<Payments, 'charge'>
  readonly webhook: StripeWebhook
  /** The origin at which people reach this server. */
  readonly origin: string
  /** Called with failures after which the customer may try again. */
  readonly onError: (error: unknown) => void
}

const BODY_BYTES_MAX = 1024 * 1024

const purchaseSchema = { hide: true, params: z.object({ purchase: z.string() }) }
const cardSchema = { hide: true, querystring: z.object({ session: z.string().optional() }) }

/**
 * The routes for Stripe and for customers' browsers on their way to and from Stripe. Browsers need no session: the id of
 * a purchase cannot be guessed, and these routes only redirect to the bank or ask Stripe.
 */
export function stripeRoutes(deps: StripeRouteDeps): Routes {
  const { payments, webhook, onError } = deps
  return async (server) => {
    const options = { schema: purchaseSchema, exposeHeadRoute: false }
    server.get('/stripe/confirm/:purchase', options, async (request, reply) => {
      const purchase = await findNamedPurchase(deps, request.params.purchase)
      if (purchase === undefined) return redirect(reply, BILLING_PATH)
      const page = await findBankPage(deps, purchase)
      if (page !== undefined) return redirect(reply, page)
      await payments.charge(purchase)
      return redirect(reply, buildPurchasePath(purchase.id))
    })

    server.get('/stripe/return/:purchase', options, async (request, reply) => {
      const purchase = await findNamedPurchase(deps, request.params.purchase)
      if (purchase === undefined) return redirect(reply, BILLING_PATH)
      await payments.charge(purchase)
      return redirect(reply, buildPurchasePath(purchase.id))
    })

    server.get(CARD_RETURN_PATH, { schema: cardSchema, exposeHeadRoute: false }, async (request, reply) => {
      const { session } = request.query
      // If it cannot be saved now, Stripe's webhook reports it again.
      if (session !== undefined) await webhook.saveCard({ sessionId: session }).catch(onError)
      return redirect(reply, BILLING_PATH)
    })

    await server.register(async (raw) => {
      // The signature is over the raw bytes.
      raw.removeAllContentTypeParsers()
      raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      const webhookOptions = { schema: { hide: true }, bodyLimit: BODY_BYTES_MAX }
      raw.post('/webhooks/stripe', webhookOptions, async (request, reply) => {
        const signature = readSignature(request)
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        await webhook.handle(body, signature)
        return reply.send({ received: true })
      })
    })
  }
}

async function findNamedPurchase({ database }: StripeRouteDeps, id: string): Promise<Purchase | undefined> {
  const uuid = uuidFrom('purchase', id)
  return uuid === undefined ? undefined : findGatewayPurchase(database, 'stripe', uuid)
}

/** Finds the bank's page for a purchase that waits; `undefined` if there is nothing to confirm, or Stripe fails. */
async function findBankPage(
  { gateway, origin, onError }: StripeRouteDeps,
  { id, status, chargeRef }: Purchase,
): Promise<string | undefined> {
  if (status !== 'requires_action' || chargeRef === null) return undefined
  const returnUrl = new URL(buildReturnPath(id), origin).href
  try {
    return await gateway.findConfirmationUrl({ chargeRef, purchaseId: id, returnUrl })
  } catch (error) {
    onError(error)
    return undefined
  }
}

function readSignature(request: FastifyRequest): string {
  const signature = request.headers['stripe-signature']
  if (typeof signature === 'string') return signature
  throw invalid('/Stripe-Signature', 'The header Stripe-Signature is missing.')
}

function redirect(reply: FastifyReply, url: string): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(url, 303)
}
