import { SECOND_MS } from '@talktime/core/time/durations'
import Stripe from 'stripe'

export type StripeAccess = {
  /** Begins with `sk_` or `rk_`. */
  readonly secretKey: string
  /** The origin of a server that stands in for Stripe's API; `undefined` is Stripe itself. */
  readonly apiHost?: string | undefined
  /** How long to wait for an answer, in milliseconds. Stripe usually answers within the default. */
  readonly answerMsMax?: number | undefined
}

const ANSWER_MS_MAX = 8 * SECOND_MS

/**
 * Opens Stripe's own SDK. It repeats a request once, under the idempotency key of the first, if the connection broke or
 * Stripe asks for a repeat.
 */
export function openClient({ secretKey, apiHost, answerMsMax = ANSWER_MS_MAX }: StripeAccess): Stripe {
  return new Stripe(secretKey, {
    ...(apiHost !== undefined && readAddress(apiHost)),
    timeout: answerMsMax,
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'Talktime' },
  })
}

function readAddress(apiHost: string): Pick<Stripe.StripeConfig, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(apiHost)
  const isSafe = protocol === 'https:'
  return {
    protocol: isSafe ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (isSafe ? 443 : 80) : Number(port),
  }
}

const { StripeError, StripeInvalidRequestError } = Stripe.errors

/** Whether Stripe refused a request because of its content, before doing anything. Key conflicts do not count. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof StripeInvalidRequestError
}

/** Reduces an error of the SDK to what may be logged. The SDK's errors hold Stripe's whole answer, secrets included. */
export function redactForLog({
  type,
  code,
  param,
  statusCode,
  requestId,
  message,
}: Stripe.errors.StripeError): Error {
  return Object.assign(new Error(message), { type, code, param, statusCode, requestId })
}

/** Whether Stripe or the connection to it failed, as opposed to this program. */
export function isStripeFailure(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof StripeError
}
