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
  grant: 'grant',
  agent: 'agent',
  call: 'call',
  campaign: 'campaign',
  contact_import: 'contactImport',
  alert_settings: 'user',
  webhook: 'webhook',
  llm_settings: 'workspace',
  llm_key: 'llmKey',
  secrets: null,
} as const satisfies Record<string, IdKind | null>

export type AuditTargetKind = keyof typeof auditTargets

/** Who acted: the sender of a request, the operator at the command line, or Talktime on its own. */
export type AuditActor = Actor | 'command_line' | 'system'

/** One action: who did what to what, and what that changed. */
export type AuditEntry = {
  /** null: an action of the operator outside workspaces. */
  readonly workspaceId: string | null
  readonly actor: AuditActor
  /** Noun and past participle, such as `key.revoked`. */
  readonly action: `${string}.${string}`
  /** `id`: the UUID of what has one; else the text that names it. */
  readonly target: { readonly kind: AuditTargetKind; readonly id: string }
  /**
   * What it was and what it is, as the API shows it. Absent: there was nothing before, or is nothing after. Never a
   * secret.
   */
  readonly before?: unknown
  readonly after?: unknown
  /** Where the request came from. Absent: it was no request. */
  readonly origin?: RequestOrigin | undefined
  readonly atMs: number
}

/**
 * The fields in which two states differ, of each state: a change of one setting among twenty is one line to read.
 * Undefined where nothing differs.
 */
export function changedFields(
  before: object,
  after: object,
): { readonly before: object; readonly after: object } | undefined {
  const [from, to] = [before, after].map((state) => new Map(Object.entries(state)))
  const names = [...new Set([...(from?.keys() ?? []), ...(to?.keys() ?? [])])].filter(
    (name) => JSON.stringify(from?.get(name)) !== JSON.stringify(to?.get(name)),
  )
  if (names.length === 0) return undefined
  const pick = (state: Map<string, unknown> | undefined) =>
    Object.fromEntries(names.filter((name) => state?.has(name)).map((name) => [name, state?.get(name)]))
  return { before: pick(from), after: pick(to) }
}
