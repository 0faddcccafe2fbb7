/** One invalid part of a request: a JSON pointer to it, and what would be valid. */
type InvalidPart = { pointer: string; detail: string }

/**
 * What went wrong with a request, in words for the person at the screen. `status` is 0 when there was no response.
 */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly parts: readonly InvalidPart[]

  constructor(problem: {
    status: number
    code: string
    message: string
    requestId?: string | null
    parts?: readonly InvalidPart[]
  }) {
    super(problem.message)
    this.name = 'ApiProblem'
    this.status = problem.status
    this.code = problem.code
    this.requestId = problem.requestId ?? null
    this.parts = problem.parts ?? []
  }
}

/** The problem of a request that got no response. */
export const unreachable = () =>
  new ApiProblem({
    status: 0,
    code: 'unreachable',
    message: 'The Talktime server did not respond. Check your connection and try again.',
  })

/** Reads an `application/problem+json` body. Any other body becomes a sentence that names the status. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined)
  const parts = Array.isArray(fields.errors) ? fields.errors.filter(isInvalidPart) : []
  return new ApiProblem({
    status,
    code: text('code') ?? 'unknown',
    message: text('detail') ?? text('title') ?? `The Talktime server responded with status ${status}.`,
    requestId: text('requestId') ?? null,
    parts,
  })
}

function isInvalidPart(part: unknown): part is InvalidPart {
  if (typeof part !== 'object' || part === null) return false
  const { pointer, detail } = part as Partial<InvalidPart>
  return typeof pointer === 'string' && typeof detail === 'string'
}

/** Turns any thrown value into a problem. Errors of the page itself keep their message. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiProblem({ status: 0, code: 'page_error', message })
}

/**
 * Sorts a problem's invalid parts by the form field they belong to. `rest` is the message to show above the form; null
 * when every part belongs to a field.
 */
export function fieldErrors<Field extends string>(
  problem: ApiProblem,
  fields: readonly Field[],
): { byField: Partial<Record<Field, string>>; rest: string | null } {
  const byField: Partial<Record<Field, string>> = {}
  let placed = 0
  for (const part of problem.parts) {
    const name = part.pointer.split('/').find((step) => fields.includes(step as Field)) as Field | undefined
    if (name === undefined) continue
    byField[name] ??= part.detail
    placed += 1
  }
  const rest = placed > 0 && placed === problem.parts.length ? null : problem.message
  return { byField, rest }
}
