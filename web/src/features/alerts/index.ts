export { AlertBell } from './AlertBell.tsx'
export { alertsKey, webhooksQuery } from './alert-queries.ts'
