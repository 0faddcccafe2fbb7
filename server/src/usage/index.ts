export { addUsage, type UsageEvent } from './roll-up.ts'
export { usageRoutes } from './routes.ts'
export { abandonTimeZoneChanges, changeTimeZone } from './time-zone-change.ts'
export { verifyUsage } from './verify.ts'
