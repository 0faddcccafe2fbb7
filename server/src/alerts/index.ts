export { createMailer } from './mail.ts'
export { mailAlerts } from './mail-alerts.ts'
export { alertRoutes } from './routes.ts'
export { raiseAlert } from './store.ts'
