/** A request that Stripe refuses, with the response. */
export class StripeRefusal extends Error {
  readonly status: number
  readonly body: { readonly error: Readonly<Record<string, unknown>> }
  /** Whether Stripe keeps the response under the idempotency key. It does not for requests it never began. */
  readonly kept: boolean

  constructor(status: number, error: Readonly<Record<string, unknown>>, kept: boolean) {
    super(String(error.message ?? error.code))
    this.status = status
    this.body = { error }
    this.kept = kept
  }
}

export function wrongRequest(message: string, about: { code?: string; param?: string } = {}): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', message, ...about }, false)
}

export function missing(kind: string, id: string, param: string): StripeRefusal {
  return new StripeRefusal(
    param === 'id' ? 404 : 400,
    {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such ${kind}: '${id}'`,
      param,
    },
    false,
  )
}
