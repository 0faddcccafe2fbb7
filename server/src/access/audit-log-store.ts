import type { Queryable, Tx } from '../platform/database/database.ts'
import { leastUuid, newUuidInOrder } from '../platform/ids.ts'
import { publicId } from '../public-ids.ts'
import {
  type AuditActor,
  type AuditActorKind,
  type AuditEntry,
  type AuditTargetKind,
  auditTargets,
  narrowStates,
} from './audit-entry.ts'

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
      newUuidInOrder(entry.atMs, countEntry()),
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

let entryCount = 0

/** Numbers this process's entries, so that those of one millisecond are listed in their order. */
function countEntry(): number {
  entryCount = (entryCount + 1) % 2 ** 32
  return entryCount
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

/** An entry as it is stored. */
export type AuditRow = {
  readonly id: string
  readonly atMs: number
  readonly workspaceId: string | null
  readonly actorKind: AuditActorKind
  readonly actorId: string | null
  readonly actorName: string | null
  readonly actorEmail: string | null
  readonly action: string
  readonly targetKind: AuditTargetKind
  readonly targetId: string
  readonly targetName: string | null
  readonly before: unknown
  readonly after: unknown
  readonly ip: string | null
  readonly userAgent: string | null
}

/** Which entries are read. null: no condition. */
export type AuditFilter = {
  readonly workspaceId: string | null
  /** Whether the operator reads. Others cannot ask for the actions of one of the operator's keys. */
  readonly isOperator: boolean
  readonly actorId: string | null
  readonly actorKind: AuditActorKind | null
  /** An action, or a noun for all actions on it. */
  readonly action: string | null
  readonly fromMs: number | null
  /** Included. */
  readonly toMs: number | null
}

/** Lists a page of the audit log, newest first. */
export async function listAuditEntries(
  db: Queryable,
  filter: AuditFilter,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<AuditRow[]> {
  // An id begins with the instant of its entry, so the indexes by id serve the window, too.
  const { rows } = await db.query<AuditRow>(
    `select id, at_ms as "atMs", workspace_id as "workspaceId", actor_kind as "actorKind", actor_id as "actorId",
            actor_name as "actorName", actor_email as "actorEmail", action, target_kind as "targetKind",
            target_id as "targetId", target_name as "targetName", before_state as before, after_state as after, ip,
            user_agent as "userAgent"
     from audit_log
     where ($1::uuid is null or workspace_id = $1)
       and ($2::uuid is null or (actor_id = $2 and ($3 or actor_kind <> 'operator')))
       and ($4::text is null or actor_kind = $4)
       and ($5::text is null or action = $5 or starts_with(action, $5 || '.'))
       and ($6::uuid is null or id >= $6) and ($7::uuid is null or id < $7) and ($8::uuid is null or id < $8)
     order by id desc limit $9`,
    [
      filter.workspaceId,
      filter.actorId,
      filter.isOperator,
      filter.actorKind,
      filter.action,
      filter.fromMs === null ? null : leastUuid(filter.fromMs),
      filter.toMs === null ? null : leastUuid(filter.toMs + 1),
      page.beforeId,
      page.limit,
    ],
  )
  return rows
}
