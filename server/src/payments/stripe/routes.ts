import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { invalid } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { Payments } from '../payments.ts'
import type { Purchase } from '../purchase-store.ts'
import { findStripePurchase } from './find-purchase.ts'
import type { StripeGateway } from './gateway.ts'
import { billingPath, cardReturnPath, purchasePath, returnPath } from './pages.ts'
import type { StripeWebhook } from './webhook.ts'

export type StripeRouteDeps = {
  readonly database: Database
  readonly gateway: Pick<StripeGateway, 'confirmationUrl'>
  readonly payments: Pick<Payments, 'charge'>
  readonly webhook: StripeWebhook
  /** The origin at which people reach this server. */
  readonly origin: string
  /** Something failed that the customer may try again. */
  readonly onError: (error: unknown) => void
}

const bodyBytesMax = 1024 * 1024

/**
 * What Stripe and customers' browsers on their way from and to Stripe ask for. The browsers need no session: the id
 * of a purchase cannot be guessed, and all that these addresses do is to go on to the bank, or to ask Stripe.
 */
export function stripeRoutes(deps: StripeRouteDeps): Routes {
  const { database, gateway, payments, webhook, onError } = deps

  async function purchaseNamed(id: string): Promise<Purchase | undefined> {
    const uuid = uuidFrom('purchase', id)
    return uuid === undefined ? undefined : findStripePurchase(database, uuid)
  }

  /** The bank's page for a purchase that waits; undefined: there is nothing to confirm, or not at the moment. */
  async function bankPage({ id, status, chargeRef }: Purchase): Promise<string | undefined> {
    if (status !== 'requires_action' || chargeRef === null) return undefined
    const returnUrl = new URL(returnPath(id), deps.origin).href
    try {
      return await gateway.confirmationUrl({ chargeRef, purchaseId: id, returnUrl })
    } catch (error) {
      onError(error)
      return undefined
    }
  }

  const schema = { hide: true, params: z.object({ purchase: z.string() }) }

  return async (server) => {
    server.get('/stripe/confirm/:purchase', { schema, exposeHeadRoute: false }, async (request, reply) => {
      const purchase = await purchaseNamed(request.params.purchase)
      if (purchase === undefined) return goOn(reply, billingPath)
      const page = await bankPage(purchase)
      if (page !== undefined) return goOn(reply, page)
      await payments.charge(purchase)
      return goOn(reply, purchasePath(purchase.id))
    })

    server.get('/stripe/return/:purchase', { schema, exposeHeadRoute: false }, async (request, reply) => {
      const purchase = await purchaseNamed(request.params.purchase)
      if (purchase === undefined) return goOn(reply, billingPath)
      await payments.charge(purchase)
      return goOn(reply, purchasePath(purchase.id))
    })

    server.get(
      cardReturnPath,
      {
        schema: { hide: true, querystring: z.object({ session: z.string().optional() }) },
        exposeHeadRoute: false,
      },
      async (request, reply) => {
        const { session } = request.query
        // Where it cannot be kept now, Stripe's webhook brings it.
        if (session !== undefined) await webhook.keepCard({ sessionId: session }).catch(onError)
        return goOn(reply, billingPath)
      },
    )

    await server.register(async (raw) => {
      // The signature is over the bytes as they came.
      raw.removeAllContentTypeParsers()
      raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      raw.post(
        '/webhooks/stripe',
        { schema: { hide: true }, bodyLimit: bodyBytesMax },
        async (request, reply) => {
          const signature = request.headers['stripe-signature']
          if (typeof signature !== 'string') {
            throw invalid('/Stripe-Signature', 'The header Stripe-Signature is missing.')
          }
          const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
          await webhook.take(body, signature)
          return reply.send({ received: true })
        },
      )
    })
  }
}

function goOn(reply: FastifyReply, url: string): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(url, 303)
}
