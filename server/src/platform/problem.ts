/** One thing that can go wrong for a caller (RFC 9457). Each room defines its own with {@link problemTypes}. */
export type ProblemType = {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean
}

/** Makes a table of problem types, keyed by their codes. */
export function problemTypes<const Rows extends Readonly<Record<string, Omit<ProblemType, 'code'>>>>(
  rows: Rows,
): { readonly [Code in keyof Rows]: ProblemType } {
  const entries = Object.entries(rows).map(([code, row]) => [code, { code, ...row }])
  return Object.fromEntries(entries) as { [Code in keyof Rows]: ProblemType }
}

/** The problem types of HTTP itself, and those that any route may end in. */
export const platformProblems = problemTypes({
  invalid_json: { status: 400, title: 'The body is not valid JSON', retryable: false },
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  unauthenticated: { status: 401, title: 'Sign in or send a valid API key', retryable: false },
  forbidden: { status: 403, title: 'Your role or key may not do this', retryable: false },
  not_found: { status: 404, title: 'There is no such thing here', retryable: false },
  method_not_allowed: { status: 405, title: 'This address does not take that method', retryable: false },
  idempotency_mismatch: {
    status: 409,
    title: 'The idempotency key was used for another request',
    retryable: false,
  },
  idempotency_answer_unreadable: {
    status: 409,
    title: 'The answer kept for this idempotency key cannot be opened',
    retryable: false,
  },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not one this address takes',
    retryable: false,
  },
  too_many_requests: { status: 429, title: 'Too many tries', retryable: true },
  internal: { status: 500, title: 'Something went wrong on our side', retryable: true },
  unavailable: { status: 503, title: 'The service is not ready', retryable: true },
})

/** One invalid part of a request: a JSON pointer to it (RFC 6901) and what would be right. */
export type InvalidPart = { readonly pointer: string; readonly detail: string }

/**
 * The operation can't be done. `detail` is public: it names the field and what would be right.
 * `internal` is for the log alone.
 */
export class Problem extends Error {
  readonly type: ProblemType
  readonly code: string
  readonly status: number
  readonly detail: string
  readonly errors: readonly InvalidPart[]
  /** What else the answer says, beside RFC 9457's own members: the purchase that was declined, for instance. */
  readonly members: Readonly<Record<string, unknown>>
  readonly internal: unknown

  constructor(
    type: ProblemType,
    detail: string,
    extra: {
      errors?: readonly InvalidPart[]
      members?: Readonly<Record<string, unknown>>
      internal?: unknown
    } = {},
  ) {
    super(`${type.code}: ${detail}`)
    this.name = 'Problem'
    this.type = type
    this.code = type.code
    this.status = type.status
    this.detail = detail
    this.errors = extra.errors ?? []
    this.members = extra.members ?? {}
    this.internal = extra.internal
  }
}

/** Shorthand for an invalid part of the request. */
export function invalid(pointer: string, detail: string): Problem {
  return new Problem(platformProblems.invalid_request, detail, { errors: [{ pointer, detail }] })
}

/** Thrown where a bug shows: the transaction rolls back, the caller gets 500, the log gets everything. */
export class InvariantBroken extends Error {
  override name = 'InvariantBroken'
}

/** Stops with {@link InvariantBroken} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message)
}
