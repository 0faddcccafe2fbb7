/** Returns the earliest of the times. Null entries do not count; null if there is no other. */
export function findEarliest(times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((atMs) => atMs !== null && atMs !== undefined)
  return known.length === 0 ? null : Math.min(...known)
}
