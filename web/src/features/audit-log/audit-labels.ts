import type { AuditEntry } from '../../api/types.ts'

/** What entries are about, as the filter lists it. */
export const subjectLabels: Readonly<Record<string, string>> = {
  workspace: 'Workspace',
  member: 'Members',
  invitation: 'Invitations',
  key: 'API keys',
  subscription: 'Plan',
  credit: 'Credits granted',
  purchase: 'Purchases',
  payment_method: 'Cards',
  auto_reload: 'Auto-reload',
  agent: 'Agents',
  call: 'Calls',
  campaign: 'Campaigns',
  alert_settings: 'Alert settings',
  webhook: 'Webhooks',
  llm_key: 'LLM API keys',
  llm_settings: 'LLM settings',
}

/** Nouns of actions that are called otherwise on screen. */
const nouns: Readonly<Record<string, string>> = {
  payment_method: 'Card',
  subscription: 'Plan',
  auto_reload: 'Auto-reload',
  key: 'API key',
  llm_key: 'LLM API key',
  llm_settings: 'LLM settings',
  plan: 'Plan in the catalog',
  package: 'Package in the catalog',
}

const actions: Readonly<Record<string, string>> = {
  'credit.granted': 'Credits granted',
  'credit.deducted': 'Credits deducted',
  'call.hung_up': 'Call hung up',
  'member.role_changed': 'Role changed',
  'campaign.contacts_added': 'Contacts added',
  'payment_method.made_default': 'Default card changed',
  'payment_method.setup_started': 'Adding a card started',
  'purchase.requires_action': 'Purchase waits for confirmation',
  'purchase.succeeded': 'Purchase paid',
  'purchase.created': 'Purchase ordered',
  'webhook.secret_rotated': 'Webhook secret rotated',
  'delivery.resent': 'Alert sent again',
}

/** Says in words what was done: `key.revoked` is "API key revoked". */
export function actionInWords(action: string): string {
  const known = actions[action]
  if (known !== undefined) return known
  const [noun = '', verb = ''] = action.split('.')
  return `${nouns[noun] ?? capitalize(toWords(noun))} ${toWords(verb)}`
}

export const actorKindLabels: Readonly<Record<AuditEntry['actor']['kind'], string>> = {
  user: 'Member',
  key: 'API key',
  operator: 'Operator',
  command_line: 'Operator',
  system: 'Talktime',
}

/** Who acted, by name where there is one. */
export function actorInWords({ kind, name }: AuditEntry['actor']): string {
  return name ?? actorKindLabels[kind]
}

/** What stands below the name of who acted; null: the name says it all. */
export function actorDetail({ kind, name, email }: AuditEntry['actor']): string | null {
  if (name === null) return null
  if (email !== null) return email
  return actorKindLabels[kind]
}

/** What it was done to. null: the workspace or the person, which the action says. */
export function targetInWords({ id, name }: AuditEntry['target']): string | null {
  if (name !== null) return name
  return id.startsWith('ws_') || id.startsWith('usr_') ? null : id
}

function toWords(name: string): string {
  return name.replaceAll('_', ' ')
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
