export { readClosedUntil } from './closed-month-store.ts'
export { closeMonths } from './closed-months.ts'
export { openUsage } from './open-usage.ts'
export { usageProblems } from './problems.ts'
export { addUsage } from './roll-up.ts'
export {
  deleteTimeZoneChange,
  deleteUsageOfOtherTimeZones,
  insertTimeZoneChange,
  listTimeZoneChanges,
} from './time-zone-change-store.ts'
export {
  addCountedDays,
  type CountedDay,
  readUsageDays,
  type UsageDay,
  type UsageWindow,
} from './usage-day-store.ts'
export type { UsageEvent } from './usage-delta.ts'
export { verifyUsage } from './verify.ts'
