import { z } from 'zod'
import { escapeFormula } from '../platform/http/csv.ts'
import { Instant, instantOf } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { type AuditTargetKind, auditActorKinds, auditTargets } from './audit-entry.ts'
import type { AuditRow } from './audit-log-store.ts'

const targetKinds = Object.keys(auditTargets) as [AuditTargetKind, ...AuditTargetKind[]]

export const AuditEntryResponse = z
  .object({
    id: z.string().meta({ example: 'aud_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    at: Instant,
    workspaceId: z.string().nullable().meta({ description: 'null: outside workspaces.' }),
    actor: z
      .object({
        kind: z.enum(auditActorKinds),
        id: z.string().nullable(),
        name: z.string().nullable().meta({ description: 'As it was at the time.' }),
        email: z.string().nullable(),
      })
      .meta({
        description:
          'Who acted. system: Talktime on its own. Which key of the operator it was, and from where, only the operator sees.',
      }),
    action: z.string().meta({ example: 'key.revoked' }),
    target: z.object({
      kind: z.enum(targetKinds),
      id: z.string(),
      name: z.string().nullable().meta({ description: 'As it was at the time.' }),
    }),
    before: z.unknown().meta({
      description: 'What it was: of two states, the fields that differ. null: there was nothing before.',
    }),
    after: z.unknown().meta({ description: 'What it is since. null: there is nothing after.' }),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry', description: 'An action: who did what, when, from where, and what it changed.' })

export type AuditEntryResponse = z.infer<typeof AuditEntryResponse>

/** @param isOperator whether the reader is the operator, who alone sees which of their keys acted and from where */
export function auditEntryResponse(row: AuditRow, isOperator: boolean): AuditEntryResponse {
  const hidden = !isOperator && (row.actorKind === 'operator' || row.actorKind === 'command_line')
  const actorId = row.actorId && publicId(row.actorKind === 'user' ? 'user' : 'key', row.actorId)
  return {
    id: publicId('auditEntry', row.id),
    at: instantOf(row.atMs),
    workspaceId: row.workspaceId && publicId('workspace', row.workspaceId),
    actor: {
      kind: row.actorKind,
      id: hidden ? null : actorId,
      name: hidden ? null : row.actorName,
      email: row.actorEmail,
    },
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    before: row.before,
    after: row.after,
    ip: hidden ? null : row.ip,
    userAgent: hidden ? null : row.userAgent,
  }
}

export const AUDIT_CSV_COLUMNS = [
  'id',
  'at',
  'workspace_id',
  'actor_kind',
  'actor_id',
  'actor_name',
  'actor_email',
  'action',
  'target_kind',
  'target_id',
  'target_name',
  'before',
  'after',
  'ip',
  'user_agent',
]

/** An entry as cells of a CSV file, in the order of the columns. `before` and `after` are JSON. */
export function auditCells(entry: AuditEntryResponse): (string | null)[] {
  const { actor, target } = entry
  const texts = [
    entry.id,
    entry.at,
    entry.workspaceId,
    actor.kind,
    actor.id,
    actor.name,
    actor.email,
    entry.action,
    target.kind,
    target.id,
    target.name,
    entry.before && JSON.stringify(entry.before),
    entry.after && JSON.stringify(entry.after),
    entry.ip,
    entry.userAgent,
  ]
  return texts.map((text) => (typeof text === 'string' ? escapeFormula(text) : null))
}
