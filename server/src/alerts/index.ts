export { raiseAlert } from './inbox/raise-alert.ts'
export { openAlerts } from './open-alerts.ts'
export { resealWebhookSecrets } from './webhooks/reseal-secrets.ts'
