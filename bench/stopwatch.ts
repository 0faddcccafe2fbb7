/** How long `work` took, in seconds. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (performance.now() - startedMs) / 1000
}

/** The value below which the share `p` (0 to 1) of the values lies. The values are sorted in place. */
export function percentile(values: number[], p: number): number {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(values.length * p))] ?? Number.NaN
}
