export { changeTimeZone } from './change-time-zone.ts'
export { openReports } from './open-reports.ts'
