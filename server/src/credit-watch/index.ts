export type { Consequences } from './consequences.ts'
export { measureLateness } from './lateness-metric.ts'
export { verifyCreditWatch } from './verify.ts'
export { type CreditWatch, createCreditWatch } from './watch.ts'
