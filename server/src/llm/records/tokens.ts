/** The tokens of a request as its provider counts them. Null: the provider did not say. */
export type Tokens = {
  readonly prompt: number | null
  readonly completion: number | null
  readonly total: number | null
}

export const UNKNOWN_TOKENS: Tokens = { prompt: null, completion: null, total: null }

/**
 * Reads the token counts of an answer or of a stream's chunk: OpenAI's `usage`, or Groq's `x_groq.usage` in streams.
 * Undefined if there are none.
 */
export function parseTokens(answer: unknown): Tokens | undefined {
  const usage = readMember(answer, 'usage') ?? readMember(readMember(answer, 'x_groq'), 'usage')
  if (typeof usage !== 'object' || usage === null) return undefined
  const prompt = parseCount(readMember(usage, 'prompt_tokens'))
  const completion = parseCount(readMember(usage, 'completion_tokens'))
  const total = parseCount(readMember(usage, 'total_tokens'))
  if (prompt === null && completion === null && total === null) return undefined
  const sum = prompt === null && completion === null ? null : (prompt ?? 0) + (completion ?? 0)
  return { prompt, completion, total: total ?? sum }
}

/** Reads an own member of an object of unknown shape. Undefined if the value is not an object or lacks the member. */
export function readMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

function parseCount(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null
}
