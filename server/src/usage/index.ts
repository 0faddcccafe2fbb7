export { closeMonths } from './closed-months.ts'
export { addUsage, type UsageEvent } from './roll-up.ts'
export { changeTimeZone, dropAbandonedTimeZoneChanges } from './time-zone-change.ts'
export { verifyUsage } from './verify.ts'
