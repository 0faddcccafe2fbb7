import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { announceChange } from './access-changes.ts'
import { generateKey, hashKey } from './key-format.ts'
import { accessProblems } from './problems.ts'

/** An API key without its secret. `workspaceId` is null for an operator's key. */
export type KeyRow = {
  readonly id: string
  readonly workspaceId: string | null
  readonly name: string
  readonly lastFour: string
  readonly createdBy: string | null
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | null
}

const keyColumns = `id, workspace_id as "workspaceId", name, last_four as "lastFour", created_by as "createdBy",
  created_at_ms as "createdAtMs", last_used_at_ms as "lastUsedAtMs"`

/** Creates a key for a workspace, or for the operator if `workspaceId` is null. The secret is returned only here. */
export async function createKey(
  tx: Queryable,
  key: { readonly name: string; readonly workspaceId: string | null; readonly createdBy?: string },
  nowMs: number,
): Promise<{ key: string; row: KeyRow }> {
  const secret = generateKey(key.workspaceId === null ? 'operator' : 'workspace')
  const { rows } = await tx.query<KeyRow>(
    `insert into api_keys (id, workspace_id, name, key_hash, last_four, created_by, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${keyColumns}`,
    [
      newUuid(nowMs),
      key.workspaceId,
      key.name,
      hashKey(secret),
      secret.slice(-4),
      key.createdBy ?? null,
      nowMs,
    ],
  )
  return { key: secret, row: rows[0] as KeyRow }
}

/**
 * Revokes a key of the workspace.
 *
 * @returns the key's hash in hex, under which it may be cached
 * @throws Problem key_not_found
 */
export async function revokeKey(tx: Tx, workspaceId: string, keyId: string, nowMs: number): Promise<string> {
  const { rows } = await tx.query<{ keyHash: Buffer }>(
    `update api_keys set revoked_at_ms = $3
     where workspace_id = $1 and id = $2 and revoked_at_ms is null returning key_hash as "keyHash"`,
    [workspaceId, keyId, nowMs],
  )
  const name = rows[0]?.keyHash.toString('hex')
  if (name === undefined)
    throw new Problem(accessProblems.key_not_found, 'There is no such key, or it is already revoked.')
  await announceChange(tx, { kind: 'key', name })
  return name
}

/** Lists the workspace's keys that are not revoked, newest first. */
export async function listKeys(
  db: Queryable,
  workspaceId: string,
  options: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    `select ${keyColumns} from api_keys
     where workspace_id = $1 and revoked_at_ms is null and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspaceId, options.beforeId ?? null, options.limit],
  )
  return rows
}

/** Finds a key by its hash. Undefined if there is none or it is revoked. `workspaceId` is null for an operator's key. */
export async function findKey(
  db: Queryable,
  hash: Buffer,
): Promise<{ id: string; workspaceId: string | null; suspended: boolean } | undefined> {
  const { rows } = await db.query<{ id: string; workspaceId: string | null; suspended: boolean }>({
    name: 'access_find_key',
    text: `select k.id, k.workspace_id as "workspaceId", coalesce(w.status = 'suspended', false) as suspended
           from api_keys k left join workspaces w on w.id = k.workspace_id
           where k.key_hash = $1 and k.revoked_at_ms is null`,
    values: [hash],
  })
  return rows[0]
}

/** Records when keys were used. A use less than `intervalMs` after the recorded one changes nothing. */
export async function recordKeysUsed(
  db: Queryable,
  uses: readonly { readonly keyId: string; readonly atMs: number }[],
  intervalMs: number,
): Promise<void> {
  await db.query(
    `update api_keys k set last_used_at_ms = u.at_ms
     from unnest($1::uuid[], $2::bigint[]) as u (id, at_ms)
     where k.id = u.id and coalesce(k.last_used_at_ms, -$3::bigint) <= u.at_ms - $3::bigint`,
    [uses.map(({ keyId }) => keyId), uses.map(({ atMs }) => atMs), intervalMs],
  )
}
