/**
 * One kind of problem that a response may report (RFC 9457). Each room defines its own with {@link problemTypes}.
 * `cause` and `remedy` appear on the error page; backquotes mark code in them.
 */
export type ProblemType = {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean
  /** When the problem occurs. */
  readonly cause: string
  /** What the caller can do about it. */
  readonly remedy: string
}

/** Makes a table of problem types from rows that are keyed by their codes. */
export function problemTypes<Code extends string>(
  rows: Readonly<Record<Code, Omit<ProblemType, 'code'>>>,
): Readonly<Record<Code, ProblemType>> {
  const entries = Object.entries<Omit<ProblemType, 'code'>>(rows)
  return Object.fromEntries(entries.map(([code, row]) => [code, { code, ...row }])) as Record<
    Code,
    ProblemType
  >
}

/** Problems of HTTP itself, and those that any route may report. */
export const platformProblems = problemTypes({
  invalid_json: {
    status: 400,
    title: 'The body is not valid JSON',
    retryable: false,
    cause: 'The body cannot be parsed as JSON, or it is not UTF-8.',
    remedy: 'Send one JSON object. In a batch, send one JSON object per line.',
  },
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    retryable: false,
    cause:
      'A field, a query parameter or a header is missing, unknown or out of range. `errors` lists each one with a JSON pointer and a sentence that says what is accepted.',
    remedy: 'Correct the parts that `errors` names and send the request again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in or send a valid API key',
    retryable: false,
    cause: 'The request carries neither a session nor a key, or its key or token is no longer valid.',
    remedy: 'Send `Authorization: Bearer` with a valid key, or sign in.',
  },
  forbidden: {
    status: 403,
    title: 'Your role or key may not do this',
    retryable: false,
    cause: 'The member’s role, or the kind of API key, does not allow this action.',
    remedy: '`detail` says who may do it: ask one of them, or use another key.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    retryable: false,
    cause: 'There is no route at this address, or no such item behind it.',
    remedy: 'Check the address. The API reference at `/docs` lists all of them.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    retryable: false,
    cause: 'The address exists but does not accept this HTTP method.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    retryable: true,
    cause:
      'The headers took longer than 10 seconds, or the body arrived at less than 4 KB per second for 15 seconds. The connection was closed and nothing was changed.',
    remedy: 'Send the request again. Send a large file in several parts if the connection is slow.',
  },
  idempotency_mismatch: {
    status: 409,
    title: 'The idempotency key was used for another request',
    retryable: false,
    cause: 'This `Idempotency-Key` was first sent with another method, address or body.',
    remedy: 'Use a new key for a new request. Repeat a request with its own key and an unchanged body.',
  },
  idempotency_answer_unreadable: {
    status: 409,
    title: 'The response stored for this idempotency key cannot be opened',
    retryable: false,
    cause:
      'The key was used before the server’s secret was changed, and its response was encrypted with the old secret.',
    remedy:
      'Check whether the first request took effect, then send a new request with a new key if it is still needed.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    cause: 'The body is longer than this address accepts. `detail` states the limit.',
    remedy: 'Send less at once, for example several smaller batches or files.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported content type',
    retryable: false,
    cause: 'The `Content-Type` is not one this address accepts.',
    remedy:
      'Send JSON with `Content-Type: application/json`. The API reference names the addresses that accept CSV or lines of JSON.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    cause: 'Sign-in or sign-up was attempted too often, or several exports or imports are already running.',
    remedy: 'Wait, then retry. `Retry-After` gives the seconds where they are known.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    retryable: true,
    cause:
      'The server failed in a way it did not expect. The request changed nothing; the failure is logged under its `requestId`.',
    remedy: 'Retry. If it happens again, report the `requestId` to the operator.',
  },
  overloaded: {
    status: 503,
    title: 'The server has too much to do',
    retryable: true,
    cause:
      'More requests arrived than the server can answer quickly, or this workspace or key has too many in progress. The request was refused at once and changed nothing. Ends of calls are refused last, starts of calls before them, and reads before those.',
    remedy:
      'Retry after the seconds that `Retry-After` gives, with the same `Idempotency-Key` if there was one.',
  },
  unavailable: {
    status: 503,
    title: 'The service is not ready',
    retryable: true,
    cause:
      'The database or a service that Talktime depends on cannot be reached or is overloaded, the clock of this server is wrong, or the server is shutting down.',
    remedy: 'Retry shortly. `Retry-After` gives the seconds to wait.',
  },
})

/** One invalid part of a request: a JSON pointer to it (RFC 6901) and a sentence that says what is accepted. */
export type InvalidPart = { readonly pointer: string; readonly detail: string }

/**
 * The operation cannot be done. `detail` is public: a sentence that names what is wrong and what is accepted.
 * `internal` goes to the log only.
 */
export class Problem extends Error {
  readonly type: ProblemType
  readonly code: string
  readonly status: number
  readonly detail: string
  readonly errors: readonly InvalidPart[]
  /** Members of the response beside those of RFC 9457. */
  readonly members: Readonly<Record<string, unknown>>
  readonly internal: unknown
  /** After how many seconds the request is worth repeating: the header Retry-After. Undefined: nobody knows. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    type: ProblemType,
    detail: string,
    extra: {
      errors?: readonly InvalidPart[]
      members?: Readonly<Record<string, unknown>>
      internal?: unknown
      retryAfterSeconds?: number
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
    this.retryAfterSeconds = extra.retryAfterSeconds
  }
}

/** The problem `invalid_request` for one part of the request. */
export function invalid(pointer: string, detail: string): Problem {
  return new Problem(platformProblems.invalid_request, detail, { errors: [{ pointer, detail }] })
}

/** The problem `overloaded`: nothing was done, and the request may be repeated. */
export function createOverloaded(
  detail = 'The server has too much to do at the moment. Nothing was changed. Retry shortly.',
): Problem {
  return new Problem(platformProblems.overloaded, detail)
}

/** A bug was detected. The transaction rolls back, the caller gets status 500, and the log gets the details. */
export class InvariantBroken extends Error {
  override name = 'InvariantBroken'
}

/** Throws {@link InvariantBroken} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message)
}
