import { Problem, platformProblems } from '../../platform/problem.ts'
import { isStripeFailure, redactForLog } from './client.ts'

/**
 * Calls Stripe for something that charges nobody.
 *
 * @throws Problem `unavailable` if Stripe refuses or cannot be reached. The reason goes to the log only
 */
export async function callStripe<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!isStripeFailure(error)) throw error
    const detail = 'Stripe cannot do this at the moment. Try again shortly.'
    throw new Problem(platformProblems.unavailable, detail, { internal: redactForLog(error) })
  }
}
