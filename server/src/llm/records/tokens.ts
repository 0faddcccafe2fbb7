/** How many tokens a request took, as its provider counts them; null where it did not say. */
export type Tokens = {
  readonly prompt: number | null
  readonly completion: number | null
  readonly total: number | null
}

export const unknownTokens: Tokens = { prompt: null, completion: null, total: null }

/**
 * The tokens that an answer, or a part of a stream, tells of; undefined where it tells of none. OpenAI's `usage`, and
 * Groq's in streams.
 */
export function tokensIn(answer: unknown): Tokens | undefined {
  const usage = memberOf(answer, 'usage') ?? memberOf(memberOf(answer, 'x_groq'), 'usage')
  if (typeof usage !== 'object' || usage === null) return undefined
  const prompt = countOf(memberOf(usage, 'prompt_tokens'))
  const completion = countOf(memberOf(usage, 'completion_tokens'))
  const total = countOf(memberOf(usage, 'total_tokens'))
  if (prompt === null && completion === null && total === null) return undefined
  const sum = prompt === null && completion === null ? null : (prompt ?? 0) + (completion ?? 0)
  return { prompt, completion, total: total ?? sum }
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null
}
