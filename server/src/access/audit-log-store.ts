import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { publicId } from '../public-ids.ts'
import { type AuditActor, type AuditEntry, auditTargets, narrowStates } from './audit-entry.ts'

const USER_AGENT_LENGTH_MAX = 500

// The name is read as it is now: people and keys are renamed and deleted, the log is not.
const insertSql = `
  insert into audit_log (id, at_ms, workspace_id, actor_kind, actor_id, actor_name, actor_email, action, target_kind,
                         target_id, target_name, before_state, after_state, ip, user_agent)
  select $1::uuid, $2::bigint, $3::uuid, $4::text, $5::uuid,
         case $4 when 'user' then (select name from users where id = $5::uuid)
                 else (select name from api_keys where id = $5::uuid) end,
         case $4 when 'user' then (select email from users where id = $5::uuid) end,
         $6::text, $7::text, $8::text, $9::text, $10::json, $11::json, $12::text, $13::text`

/**
 * Adds an entry to the audit log, in the transaction of the change that it describes. Adds none where the state after is
 * the state before.
 */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  const states = narrowStates(entry)
  if (states === undefined) return
  const { actor, target, origin } = entry
  await tx.query({
    name: 'access_insert_audit_entry',
    text: insertSql,
    values: [
      newUuid(entry.atMs),
      entry.atMs,
      entry.workspaceId,
      typeof actor === 'string' ? actor : actor.kind,
      readActorId(actor),
      entry.action,
      target.kind,
      readTargetId(target),
      target.name ?? null,
      serializeState(states.before),
      serializeState(states.after),
      origin?.ip ?? null,
      origin?.userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
    ],
  })
}

function readActorId(actor: AuditActor): string | null {
  if (typeof actor === 'string') return null
  return actor.kind === 'user' ? actor.userId : actor.keyId
}

function readTargetId({ kind, id }: AuditEntry['target']): string {
  const idKind = auditTargets[kind]
  return idKind === null ? id : publicId(idKind, id)
}

function serializeState(state: unknown): string | null {
  return state === undefined ? null : JSON.stringify(state)
}
