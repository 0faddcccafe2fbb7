/** Runs `work` and returns how long it took, in seconds. */
export async function measureSeconds(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (performance.now() - startedMs) / 1000
}

/** Returns the value below which the share `p` (0 to 1) of the values lies. Sorts the values in place. */
export function percentile(values: number[], p: number): number {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(values.length * p))] ?? Number.NaN
}
