import { createPublicIds } from './platform/ids.ts'

/**
 * The prefixes of identifiers as the API shows them. The database stores plain UUIDv7. Identifiers sort by the time they
 * were made, in the database and in the API.
 */
const PREFIXES = {
  workspace: 'ws_',
  user: 'usr_',
  session: 'ses_',
  agent: 'agt_',
  call: 'call_',
  transaction: 'txn_',
  grant: 'grant_',
  purchase: 'pur_',
  paymentMethod: 'pm_',
  reloadAttempt: 'rld_',
  key: 'key_',
  invitation: 'inv_',
  alert: 'alert_',
  campaign: 'camp_',
  contact: 'cont_',
  contactImport: 'imp_',
  webhook: 'wh_',
  delivery: 'dlv_',
  mail: 'mail_',
  llmKey: 'lkey_',
  llmRequest: 'llm_',
  auditEntry: 'aud_',
} as const

export type IdKind = keyof typeof PREFIXES

export const { publicId, uuidFrom } = createPublicIds(PREFIXES)
