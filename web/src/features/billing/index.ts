export { subscriptionQuery } from './billing-queries.ts'
export { readBillingSearch } from './billing-search.ts'
export { EntriesTable } from './EntriesTable.tsx'
export { entryWords, signedCredits } from './entry-labels.ts'
