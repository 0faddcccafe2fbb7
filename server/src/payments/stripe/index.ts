import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Payments } from '../payments.ts'
import { openClient, type StripeAccess } from './client.ts'
import { createStripeGateway, type StripeGateway } from './gateway.ts'
import { stripeRoutes } from './routes.ts'
import { createStripeWebhook } from './webhook.ts'

export type Stripe = {
  readonly gateway: StripeGateway
  /** The routes for Stripe and for browsers on their way to and from it. */
  routes(deps: {
    readonly database: Database
    readonly payments: Payments
    /** The origin at which people reach this server. */
    readonly origin: string
  }): Routes
}

/**
 * Opens payments through Stripe.
 *
 * @param onError called with what Stripe refused or did not answer
 */
export function openStripe(
  access: StripeAccess & { readonly webhookSecret: string },
  clock: Clock,
  onError: (error: unknown) => void,
): Stripe {
  const gateway = createStripeGateway({ client: openClient(access), clock, onError })
  return {
    gateway,
    routes(deps) {
      const { webhookSecret } = access
      const { findSavedCard } = gateway
      const webhook = createStripeWebhook({ ...deps, clock, findSavedCard, webhookSecret })
      return stripeRoutes({ ...deps, gateway, webhook, onError })
    },
  }
}
