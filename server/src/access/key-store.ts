import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { announceChange } from './access-changes.ts'
import { generateKey, hashKey } from './key-format.ts'
import { KEY_SCOPES, type KeyScope } from './principal.ts'
import { accessProblems } from './problems.ts'

/** How a key was made: by a person in the dashboard, with another key of its workspace, or by the operator. */
export type KeyOrigin = 'dashboard' | 'key' | 'operator' | 'command_line'

/** An API key without its secret. `workspaceId` is null for an operator's key. */
export type KeyRow = {
  readonly id: string
  readonly workspaceId: string | null
  readonly name: string
  readonly lastFour: string
  /** What it may do now. Null: a key from before scopes, which may do everything. */
  readonly scopes: readonly KeyScope[] | null
  /** The user who made it, or who made the key that made it. Null: the operator. */
  readonly createdBy: string | null
  readonly createdThrough: KeyOrigin
  readonly createdAtMs: number
  /** Null: never. */
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
}

export type NewKey = {
  readonly name: string
  /** Null: the operator's. */
  readonly workspaceId: string | null
  /** Left out: all. */
  readonly scopes?: readonly KeyScope[] | undefined
  /** Null or left out: never. */
  readonly expiresAtMs?: number | null | undefined
  /** Left out: the command line. */
  readonly createdThrough?: KeyOrigin
  readonly createdBy?: string | null
  /** The key that makes it. The new key then belongs to the same user. */
  readonly createdByKey?: string
}

/**
 * The scopes of a key `k` in its workspace `w`. A key that was not made by the operator may report calls only where the
 * operator allows its workspace to, so that taking the permission back takes it from the keys that have it.
 */
const effectiveScopes = `case when k.created_through in ('operator', 'command_line') or w.may_report_calls
    then k.scopes else array_remove(k.scopes, 'calls:report') end`

const keyColumns = `k.id, k.workspace_id as "workspaceId", k.name, k.last_four as "lastFour", ${effectiveScopes} as scopes,
  k.created_by as "createdBy", k.created_through as "createdThrough", k.created_at_ms as "createdAtMs",
  k.expires_at_ms as "expiresAtMs", k.last_used_at_ms as "lastUsedAtMs"`

/** Creates a key for a workspace, or for the operator if `workspaceId` is null. The secret is returned only here. */
export async function createKey(
  tx: Queryable,
  key: NewKey,
  nowMs: number,
): Promise<{ key: string; row: KeyRow }> {
  const secret = generateKey(key.workspaceId === null ? 'operator' : 'workspace')
  const { rows } = await tx.query<KeyRow>(
    `with k as (
       insert into api_keys (id, workspace_id, name, key_hash, last_four, scopes, expires_at_ms, created_through,
                             created_by, created_by_key, created_at_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, (select created_by from api_keys where id = $10)), $10, $11)
       returning *)
     select ${keyColumns} from k left join workspaces w on w.id = k.workspace_id`,
    [
      newUuid(nowMs),
      key.workspaceId,
      key.name,
      hashKey(secret),
      secret.slice(-4),
      key.scopes ?? KEY_SCOPES,
      key.expiresAtMs ?? null,
      key.createdThrough ?? 'command_line',
      key.createdBy ?? null,
      key.createdByKey ?? null,
      nowMs,
    ],
  )
  return { key: secret, row: rows[0] as KeyRow }
}

/**
 * Revokes a key of a workspace, or one of the operator's if `workspaceId` is null.
 *
 * @returns the key, and its hash in hex, under which it may be cached
 * @throws Problem key_not_found
 */
export async function revokeKey(
  tx: Tx,
  workspaceId: string | null,
  keyId: string,
  nowMs: number,
): Promise<RevokedKey> {
  const [revoked] = await revokeKeys(tx, `${ownedBy(workspaceId)} and k.id = $2`, [workspaceId, keyId], nowMs)
  if (revoked !== undefined) return revoked
  throw new Problem(accessProblems.key_not_found, 'There is no such key, or it is already revoked.')
}

/** Revokes every key of a workspace that a user made, themselves or with a key of theirs. */
export function revokeKeysOf(
  tx: Tx,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string },
  nowMs: number,
): Promise<RevokedKey[]> {
  return revokeKeys(tx, 'k.workspace_id = $1 and k.created_by = $2', [workspaceId, userId], nowMs)
}

/** A key that was revoked. `hash` is in hex: the name under which it may be cached. */
export type RevokedKey = { readonly id: string; readonly name: string; readonly hash: string }

async function revokeKeys(
  tx: Tx,
  condition: string,
  values: readonly (string | null)[],
  nowMs: number,
): Promise<RevokedKey[]> {
  const { rows } = await tx.query<{ id: string; name: string; keyHash: Buffer }>(
    `update api_keys k set revoked_at_ms = $3 where ${condition} and k.revoked_at_ms is null
     returning k.id, k.name, k.key_hash as "keyHash"`,
    [...values, nowMs],
  )
  const revoked = rows.map(({ id, name, keyHash }) => ({ id, name, hash: keyHash.toString('hex') }))
  for (const { hash } of revoked) await announceChange(tx, { kind: 'key', name: hash })
  return revoked
}

/** The condition for keys of the workspace `$1`, or of the operator if `$1` is null. */
function ownedBy(workspaceId: string | null): string {
  return workspaceId === null ? '$1::uuid is null and k.workspace_id is null' : 'k.workspace_id = $1'
}

/** Finds which workspace a key that is not revoked belongs to; null: the operator. Throws `key_not_found`. */
export async function findKeyOwner(db: Queryable, keyId: string): Promise<string | null> {
  const { rows } = await db.query<{ workspaceId: string | null }>(
    'select workspace_id as "workspaceId" from api_keys where id = $1 and revoked_at_ms is null',
    [keyId],
  )
  const row = rows[0]
  if (row !== undefined) return row.workspaceId
  throw new Problem(accessProblems.key_not_found, 'There is no such key, or it is already revoked.')
}

/** Lists the keys of a workspace, or of the operator if `workspaceId` is null, that are not revoked. Newest first. */
export async function listKeys(
  db: Queryable,
  workspaceId: string | null,
  options: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    `select ${keyColumns} from api_keys k left join workspaces w on w.id = k.workspace_id
     where ${ownedBy(workspaceId)} and k.revoked_at_ms is null and ($2::uuid is null or k.id < $2)
     order by k.id desc limit $3`,
    [workspaceId, options.beforeId ?? null, options.limit],
  )
  return rows
}

/** A key as authentication needs it. `workspaceId` is null for an operator's key. */
export type FoundKey = {
  readonly keyId: string
  readonly workspaceId: string | null
  readonly scopes: readonly KeyScope[] | null
  readonly expiresAtMs: number | null
  readonly suspended: boolean
}

/** Finds a key by its hash. Undefined if there is none or it is revoked. An expired key is found. */
export async function findKey(db: Queryable, hash: Buffer): Promise<FoundKey | undefined> {
  const { rows } = await db.query<FoundKey>({
    name: 'access_find_key',
    text: `select k.id as "keyId", k.workspace_id as "workspaceId", ${effectiveScopes} as scopes,
                  k.expires_at_ms as "expiresAtMs", coalesce(w.status = 'suspended', false) as suspended
           from api_keys k left join workspaces w on w.id = k.workspace_id
           where k.key_hash = $1 and k.revoked_at_ms is null`,
    values: [hash],
  })
  return rows[0]
}

/** Records when keys were used. A use less than `intervalMs` after the recorded one changes nothing. */
export async function recordKeysUsed(
  db: Queryable,
  uses: readonly { readonly id: string; readonly atMs: number }[],
  intervalMs: number,
): Promise<void> {
  await db.query(
    `update api_keys k set last_used_at_ms = u.at_ms
     from unnest($1::uuid[], $2::bigint[]) as u (id, at_ms)
     where k.id = u.id and coalesce(k.last_used_at_ms, -$3::bigint) <= u.at_ms - $3::bigint`,
    [uses.map(({ id }) => id), uses.map(({ atMs }) => atMs), intervalMs],
  )
}
