import type { IdKind } from '../public-ids.ts'
import type { Actor, RequestOrigin } from './principal.ts'

/**
 * What an action can be done to, with the kind of identifier it has. null: it is named by a text of its own, such as
 * a plan's.
 */
export const auditTargets = {
  workspace: 'workspace',
  user: 'user',
  session: null,
  member: 'user',
  invitation: 'invitation',
  key: 'key',
  plan: null,
  package: null,
  catalog: null,
  subscription: 'workspace',
  purchase: 'purchase',
  payment_method: 'paymentMethod',
  auto_reload: 'workspace',
  transaction: 'transaction',
  agent: 'agent',
  call: 'call',
  campaign: 'campaign',
  contact_import: 'contactImport',
  alert_settings: 'user',
  webhook: 'webhook',
  delivery: 'delivery',
  llm_settings: 'workspace',
  llm_key: 'llmKey',
  secrets: null,
} as const satisfies Record<string, IdKind | null>

export type AuditTargetKind = keyof typeof auditTargets

export const auditActorKinds = ['user', 'key', 'operator', 'command_line', 'system'] as const

export type AuditActorKind = (typeof auditActorKinds)[number]

/** Who acted: the sender of a request, the operator at the command line, or Talktime on its own. */
export type AuditActor = Actor | 'command_line' | 'system'

/** Who acts, and from where: a request's scope says both. */
export type AuditSource = {
  readonly actor: AuditActor
  /** Absent: it was no request. */
  readonly origin?: RequestOrigin | undefined
}

/** One action: who did what to what, and what that changed. */
export type AuditEntry = AuditSource & {
  /** null: an action of the operator outside workspaces. */
  readonly workspaceId: string | null
  /** Noun and past participle, such as `key.revoked`. */
  readonly action: `${string}.${string}`
  /** `id`: the UUID of what has one; else the text that names it. `name`: what people call it now. */
  readonly target: { readonly kind: AuditTargetKind; readonly id: string; readonly name?: string | null }
  /**
   * What it was and what it is, as the API shows it. Absent: there was nothing before, or is nothing after. Never a
   * secret. Of two states only the fields that differ are kept.
   */
  readonly before?: unknown
  readonly after?: unknown
  readonly atMs: number
}

/**
 * What an entry keeps of the states before and after. Of two states it is the fields in which they differ: a change of
 * one setting among twenty is one line to read. Undefined: nothing differs, so nothing was done.
 */
export function narrowStates({
  before,
  after,
}: Pick<AuditEntry, 'before' | 'after'>):
  | { readonly before?: unknown; readonly after?: unknown }
  | undefined {
  if (!isState(before) || !isState(after)) return { before, after }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  return names.length === 0 ? undefined : { before: pick(before, names), after: pick(after, names) }
}

type State = Readonly<Record<string, unknown>>

function isState(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick(state: State, names: readonly string[]): State {
  return Object.fromEntries(names.filter((name) => name in state).map((name) => [name, state[name]]))
}
