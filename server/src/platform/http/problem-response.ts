import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { findDatabaseFault } from '../database/database-fault.ts'
import { InvariantBroken, Problem, platformProblems } from '../problem.ts'
import { problemUrl } from './error-page.ts'
import { requestOrigin } from './request-origin.ts'

// The only file that maps problems to HTTP. Anything thrown while a request is handled ends here. It is converted to a
// Problem, and sent as application/problem+json (RFC 9457).

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8'

export type ProblemResponse = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly requestId: string
  readonly errors?: readonly { pointer: string; detail: string }[]
}

/** Builds the body of a problem response. `origin` is this server’s origin, under which the error page is. */
export function problemResponse(problem: Problem, requestId: string, origin: string): ProblemResponse {
  return {
    type: problemUrl(origin, problem.code),
    title: problem.type.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    requestId,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
    ...problem.members,
  }
}

/**
 * Sends and logs an error as a problem.
 *
 * @param publicUrl the origin people see; undefined: the one the request was sent to
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  publicUrl: string | undefined,
): FastifyReply {
  const problem = problemFrom(error)
  logProblem(request.log, request, problem, error)
  if (problem.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(problem.retryAfterSeconds))
  } else if (isTemporary(problem)) {
    reply.header('retry-after', RETRY_SECONDS)
  }
  if (problem.type === platformProblems.unauthenticated) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .removeHeader('set-cookie')
    .removeHeader('content-disposition')
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send(problemResponse(problem, request.id, publicUrl ?? requestOrigin(request)))
}

/** After how many seconds a request is worth repeating that failed for a temporary reason. */
export const RETRY_SECONDS = '1'

function isTemporary({ type }: Problem): boolean {
  return type === platformProblems.unavailable || type === platformProblems.overloaded
}

/**
 * Logs failures on our side as errors, and callers' mistakes at the debug level. A caller who went away before everything
 * was received or sent is neither. Refusals of a server with too much to do are counted in the metrics instead: a line for
 * each would be more work.
 */
function logProblem(log: FastifyBaseLogger, request: FastifyRequest, problem: Problem, error: unknown): void {
  const about = { requestId: request.id, method: request.method, route: request.routeOptions.url }
  if (isCallerGone(request, error)) {
    log.info(about, 'The caller closed the connection')
  } else if (problem.status >= 500 && problem.type !== platformProblems.overloaded) {
    log.error({ ...about, err: error, invariantBroken: error instanceof InvariantBroken }, 'Request failed')
  } else if (problem.internal !== undefined) {
    log.warn({ ...about, code: problem.code, internal: problem.internal }, problem.message)
  } else {
    log.debug({ ...about, code: problem.code }, problem.message)
  }
}

/** Errors of a stream whose other side went away. */
const GONE_CODES: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ABORT_ERR',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
])

function isCallerGone({ raw }: FastifyRequest, error: unknown): boolean {
  return raw.socket.destroyed && GONE_CODES.has(readCode(error))
}

/** Converts any thrown value to a problem. What is unknown becomes `internal`, without its details. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  const fault = findDatabaseFault(error)
  if (fault !== undefined) return new Problem(platformProblems.unavailable, fault.detail)
  const code = readCode(error)
  const known = code === undefined ? undefined : FASTIFY_PROBLEMS[code]
  if (known !== undefined) return known()
  // Any other error of Fastify with a 4xx status is the caller's mistake, not a bug of ours.
  if (isFastifyRefusal(error, code)) {
    return new Problem(
      platformProblems.invalid_request,
      'The request cannot be read as an HTTP request for this address.',
    )
  }
  return new Problem(
    platformProblems.internal,
    'Nothing was changed by this request. The failure is logged under its requestId; trying again may help.',
  )
}

const FASTIFY_PROBLEMS: Record<string, (() => Problem) | undefined> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new Problem(
      platformProblems.invalid_json,
      'The body must be one JSON object in UTF-8, such as {"name": "Reception"}; this one cannot be parsed.',
    ),
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new Problem(
      platformProblems.body_too_large,
      'The body is larger than this address takes (256 KB, batches more).',
    ),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem(
      platformProblems.unsupported_media_type,
      'Send the body as JSON with the header Content-Type: application/json.',
    ),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem(
      platformProblems.invalid_request,
      'The header Content-Length differs from the length of the body.',
    ),
  FST_ERR_BAD_URL: () =>
    new Problem(
      platformProblems.invalid_request,
      'The address holds a percent sign that encodes no character.',
    ),
}

function readCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function isFastifyRefusal(error: unknown, code: string | undefined): boolean {
  if (code === undefined || !code.startsWith('FST_') || !(error instanceof Error)) return false
  return 'statusCode' in error && Number(error.statusCode) >= 400 && Number(error.statusCode) < 500
}
