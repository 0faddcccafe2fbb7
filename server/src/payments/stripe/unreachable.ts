import { Problem, platformProblems } from '../../platform/problem.ts'
import { forLog, isStripeFailure } from './client.ts'

/** Does what nobody is charged by. Throws `unavailable` where Stripe does not do it; its reasons are for the log. */
export async function reachable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isStripeFailure(error)) throw error
    throw new Problem(
      platformProblems.unavailable,
      'Stripe cannot do this at the moment. Try again shortly.',
      {
        internal: forLog(error),
      },
    )
  }
}
