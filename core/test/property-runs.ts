/**
 * Returns fast-check's parameters for a property. The default number of runs keeps the suite fast. The environment
 * variable TALKTIME_PROPERTY_RUNS overrides it, as in `TALKTIME_PROPERTY_RUNS=5000 npx vitest run --project core`.
 */
export function propertyRuns(byDefault: number): { numRuns: number } {
  // core is type-checked without the types of any runtime, so `process` has no type here.
  const { process } = globalThis as { process?: { env: { TALKTIME_PROPERTY_RUNS?: string } } }
  return { numRuns: Number(process?.env.TALKTIME_PROPERTY_RUNS ?? byDefault) }
}
