export { usageKey } from './usage-queries.ts'
export { readUsageSearch } from './usage-search.ts'
