import { hash, randomBytes } from 'node:crypto'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { announceChange } from './changes.ts'
import { accessProblems } from './problems.ts'

/** A key as it is listed: never the key itself. `workspaceId` is null for an operator's. */
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

const form = /^tt_(op_)?[0-9a-f]{40}$/

/** Whether a text could be a key. What couldn't costs no query. */
export function looksLikeKey(text: string): boolean {
  return form.test(text)
}

/** SHA-256: a key is 160 random bits, so nothing slower is needed to keep it. */
export function hashOfKey(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

/** Makes a key and returns it: the only time that it is seen. Without a workspace it is an operator's. */
export async function createKey(
  tx: Queryable,
  key: { readonly name: string; readonly workspaceId: string | null; readonly createdBy?: string },
  nowMs: number,
): Promise<{ key: string; row: KeyRow }> {
  const secret = `${key.workspaceId === null ? 'tt_op_' : 'tt_'}${randomBytes(20).toString('hex')}`
  const { rows } = await tx.query<KeyRow>(
    `insert into api_keys (id, workspace_id, name, key_hash, last_four, created_by, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${keyColumns}`,
    [
      newUuid(nowMs),
      key.workspaceId,
      key.name,
      hashOfKey(secret),
      secret.slice(-4),
      key.createdBy ?? null,
      nowMs,
    ],
  )
  return { key: secret, row: rows[0] as KeyRow }
}

/** Ends a key of the workspace; returns its hash, under which it may be cached. */
export async function revokeKey(tx: Tx, workspaceId: string, keyId: string, nowMs: number): Promise<string> {
  const { rows } = await tx.query<{ keyHash: Buffer }>(
    `update api_keys set revoked_at_ms = $3
     where workspace_id = $1 and id = $2 and revoked_at_ms is null returning key_hash as "keyHash"`,
    [workspaceId, keyId, nowMs],
  )
  const name = rows[0]?.keyHash.toString('hex')
  if (name === undefined)
    throw new Problem(accessProblems.key_not_found, 'There is no such key, or it was revoked before.')
  await announceChange(tx, { kind: 'key', name })
  return name
}

/** The keys of a workspace that are good, newest first. */
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

/** What a key proves; undefined where it was never made or is revoked. */
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
