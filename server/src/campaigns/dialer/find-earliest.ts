/** Finds the earliest of some instants. null: never. */
export function findEarliest(...instants: readonly (number | null)[]): number | null {
  const known = instants.filter((atMs) => atMs !== null)
  return known.length === 0 ? null : Math.min(...known)
}
