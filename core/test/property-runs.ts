/**
 * How often a property is tried. The default keeps the suite quick; set TALKTIME_PROPERTY_RUNS to try each property
 * that often instead, e.g. `TALKTIME_PROPERTY_RUNS=5000 npx vitest run --project core`.
 */
export function propertyRuns(byDefault: number): { numRuns: number } {
  // Looked up by hand: core is checked without the types of any runtime.
  const { process } = globalThis as { process?: { env: { TALKTIME_PROPERTY_RUNS?: string } } }
  return { numRuns: Number(process?.env.TALKTIME_PROPERTY_RUNS ?? byDefault) }
}
