/** One invalid part of a request: a JSON pointer to it and what would be right. */
type InvalidPart = { pointer: string; detail: string }

/**
 * What went wrong with a request, in words for the person at the screen. `status` is 0 when no answer came.
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

export const unreachable = () =>
  new ApiProblem({
    status: 0,
    code: 'unreachable',
    message: 'Talktime’s server did not answer. Check the connection and try again.',
  })

/** Reads an `application/problem+json` body; anything else becomes a sentence that names the status. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined)
  const parts = Array.isArray(fields.errors) ? fields.errors.filter(isInvalidPart) : []
  return new ApiProblem({
    status,
    code: text('code') ?? 'unknown',
    message: text('detail') ?? text('title') ?? `Talktime’s server answered with status ${status}.`,
    requestId: text('requestId') ?? null,
    parts,
  })
}

function isInvalidPart(part: unknown): part is InvalidPart {
  if (typeof part !== 'object' || part === null) return false
  const { pointer, detail } = part as Partial<InvalidPart>
  return typeof pointer === 'string' && typeof detail === 'string'
}

/** Any thrown value as a problem: bugs of the page itself keep their message. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiProblem({ status: 0, code: 'page_error', message })
}

/**
 * The problem's invalid parts by name of field, for fields that the form has; what belongs to no field is left
 * to be shown above the form.
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
