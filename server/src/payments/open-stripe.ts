import type { Clock } from '../platform/clock.ts'
import type { Stripe } from './stripe/index.ts'

type StripeAccess = Parameters<typeof import('./stripe/index.ts').openStripe>[0]

/** Opens Stripe if it is configured. Only then is Stripe's library loaded. */
export async function openStripeIfSet(
  access: StripeAccess | undefined,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<Stripe | undefined> {
  if (access === undefined) return undefined
  const { openStripe } = await import('./stripe/index.ts')
  return openStripe(access, clock, onError)
}
