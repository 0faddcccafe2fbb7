/**
 * The registry of everything that can go wrong for a caller (RFC 9457). One row a code: the only place where a
 * code gets its HTTP status and title. `retryable` says whether the same request may succeed later unchanged.
 */
export const problemRegistry = {
  invalid_json: { status: 400, title: 'The body is not valid JSON', retryable: false },
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  unauthenticated: { status: 401, title: 'Sign in or send a valid API key', retryable: false },
  invalid_credentials: { status: 401, title: 'The email address or the password is wrong', retryable: false },
  llm_provider_unknown: { status: 400, title: 'There is no such LLM provider', retryable: false },
  llm_key_missing: { status: 400, title: 'There is no key for this LLM provider', retryable: false },
  payment_declined: { status: 402, title: 'The payment was declined', retryable: false },
  llm_needs_credits: { status: 402, title: 'There are no credits left', retryable: false },
  forbidden: { status: 403, title: 'Your role or key may not do this', retryable: false },
  origin_not_allowed: { status: 403, title: 'The request comes from another site', retryable: false },
  plan_required: { status: 403, title: 'A paid plan is required', retryable: false },
  workspace_suspended: { status: 403, title: 'The workspace is suspended', retryable: false },
  llm_key_unreadable: { status: 403, title: 'The stored LLM key cannot be opened', retryable: false },
  llm_model_not_allowed: { status: 403, title: 'The platform’s key is not for this model', retryable: false },
  llm_address_refused: {
    status: 403,
    title: 'The LLM provider’s address may not be asked',
    retryable: false,
  },
  not_found: { status: 404, title: 'There is no such thing here', retryable: false },
  workspace_not_found: { status: 404, title: 'There is no such workspace', retryable: false },
  agent_not_found: { status: 404, title: 'There is no such agent', retryable: false },
  call_not_found: { status: 404, title: 'There is no such call', retryable: false },
  campaign_not_found: { status: 404, title: 'There is no such campaign', retryable: false },
  member_not_found: { status: 404, title: 'There is no such member', retryable: false },
  invitation_not_found: {
    status: 404,
    title: 'There is no such invitation, or it has ended',
    retryable: false,
  },
  key_not_found: { status: 404, title: 'There is no such key', retryable: false },
  llm_key_not_found: { status: 404, title: 'There is no such LLM key', retryable: false },
  plan_not_found: { status: 404, title: 'There is no such plan', retryable: false },
  package_not_found: { status: 404, title: 'There is no such package of credits', retryable: false },
  payment_method_not_found: { status: 404, title: 'There is no such card', retryable: false },
  webhook_not_found: { status: 404, title: 'There is no such webhook', retryable: false },
  delivery_not_found: { status: 404, title: 'There is no such delivery', retryable: false },
  purchase_not_found: { status: 404, title: 'There is no such purchase', retryable: false },
  method_not_allowed: { status: 405, title: 'This address does not take that method', retryable: false },
  conflict: { status: 409, title: 'That does not go with what is there already', retryable: false },
  out_of_credits: { status: 409, title: 'The workspace is out of credits', retryable: false },
  call_refused: { status: 409, title: 'The call was refused', retryable: false },
  email_taken: {
    status: 409,
    title: 'There is an account with this email address already',
    retryable: false,
  },
  phone_number_taken: { status: 409, title: 'The phone number belongs to another agent', retryable: false },
  idempotency_mismatch: {
    status: 409,
    title: 'The idempotency key was used for another request',
    retryable: false,
  },
  payment_method_required: { status: 409, title: 'A card is required', retryable: false },
  payment_pending: { status: 409, title: 'A payment is still under way', retryable: false },
  plan_on_request: { status: 409, title: 'This plan is on request', retryable: false },
  last_owner: { status: 409, title: 'A workspace keeps at least one owner', retryable: false },
  limit_reached: { status: 403, title: 'The plan’s limit is reached', retryable: false },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not one this address takes',
    retryable: false,
  },
  too_many_requests: { status: 429, title: 'Too many tries', retryable: true },
  internal: { status: 500, title: 'Something went wrong on our side', retryable: true },
  llm_provider_unreachable: { status: 502, title: 'The LLM provider cannot be reached', retryable: true },
  llm_provider_failed: { status: 502, title: 'The LLM provider’s answer cannot be used', retryable: true },
  unavailable: { status: 503, title: 'The service is not ready', retryable: true },
  llm_provider_timeout: { status: 504, title: 'The LLM provider took too long', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>

export type ProblemCode = keyof typeof problemRegistry

/** One invalid part of a request: a JSON pointer to it (RFC 6901) and what would be right. */
export type InvalidPart = { readonly pointer: string; readonly detail: string }

/**
 * The operation can't be done. `detail` is public: it names the field and what would be right.
 * `internal` is for the log alone.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly detail: string
  readonly errors: readonly InvalidPart[]
  /** What else the answer says, beside RFC 9457's own members: the purchase that was declined, for instance. */
  readonly members: Readonly<Record<string, unknown>>
  readonly internal: unknown

  constructor(
    code: ProblemCode,
    detail: string,
    extra: {
      errors?: readonly InvalidPart[]
      members?: Readonly<Record<string, unknown>>
      internal?: unknown
    } = {},
  ) {
    super(`${code}: ${detail}`)
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.errors = extra.errors ?? []
    this.members = extra.members ?? {}
    this.internal = extra.internal
  }
}

/** Shorthand for an invalid part of the request. */
export function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', detail, { errors: [{ pointer, detail }] })
}

/** Thrown where a bug shows: the transaction rolls back, the caller gets 500, the log gets everything. */
export class InvariantBroken extends Error {
  override name = 'InvariantBroken'
}

/** Stops with {@link InvariantBroken} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message)
}
