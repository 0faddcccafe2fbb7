export type { Consequences } from './consequences.ts'
export { createLatenessMetric } from './lateness-metric.ts'
export { verifyCreditWatch } from './verify.ts'
export { type CreditWatch, createCreditWatch } from './watch.ts'
