export { subscriptionQuery } from './billing-queries.ts'
export { readBillingSearch } from './billing-search.ts'
export { EntriesTable } from './EntriesTable.tsx'
export { entryLabels, signedCredits } from './entry-labels.ts'
