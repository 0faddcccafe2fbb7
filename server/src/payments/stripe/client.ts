import Stripe from 'stripe'

export type StripeAccess = {
  /** sk_… or rk_…. */
  readonly secretKey: string
  /** The origin of the API's server; undefined: Stripe's own. */
  readonly apiHost?: string | undefined
  /** How long an answer is waited for, in milliseconds; undefined: as long as Stripe usually needs. */
  readonly answerMsMax?: number | undefined
}

const answerMsMaxUsual = 8_000

/**
 * Stripe's own SDK. It repeats a request once, under the idempotency key of the first, where the connection broke or
 * Stripe says that it should.
 */
export function openClient({ secretKey, apiHost, answerMsMax = answerMsMaxUsual }: StripeAccess): Stripe {
  return new Stripe(secretKey, {
    ...(apiHost !== undefined && addressOf(apiHost)),
    timeout: answerMsMax,
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'Talktime' },
  })
}

function addressOf(apiHost: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(apiHost)
  const isSafe = protocol === 'https:'
  return {
    protocol: isSafe ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (isSafe ? 443 : 80) : Number(port),
  }
}

const { StripeError, StripeInvalidRequestError } = Stripe.errors

/** Whether Stripe refused a request for what it says, before anything was done; not for its idempotency key. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof StripeInvalidRequestError
}

/** What the log is told of a failure: the SDK's own errors hold all that Stripe answered, secrets of charges included. */
export function forLog({
  type,
  code,
  param,
  statusCode,
  requestId,
  message,
}: Stripe.errors.StripeError): Error {
  return Object.assign(new Error(message), { type, code, param, statusCode, requestId })
}

/** Whether Stripe, or the way to it, is what failed, and not a program error of ours. */
export function isStripeFailure(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof StripeError
}
