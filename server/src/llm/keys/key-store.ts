import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { Actor } from '../../access/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'

/** How a provider last refused a key. */
export type KeyFailure = { readonly status: number; readonly code: string | null; readonly atMs: number }

/** A row of `llm_keys`. The key is sealed. */
export type KeyRow = {
  readonly workspaceId: string
  readonly id: string
  readonly provider: LlmProvider
  readonly sealedKey: string
  readonly lastFour: string
  readonly baseUrl: string | null
  readonly apiVersion: string | null
  readonly deployments: Readonly<Record<string, string>>
  readonly createdAtMs: number
  /** When the key itself was last replaced. */
  readonly savedAtMs: number
  readonly savedBy: Actor
  readonly lastUsedAtMs: number | null
  readonly failureStatus: number | null
  readonly failureCode: string | null
  readonly failedAtMs: number | null
}

const columns = `workspace_id as "workspaceId", id, provider, sealed_key as "sealedKey", last_four as "lastFour",
  base_url as "baseUrl", api_version as "apiVersion", deployments, created_at_ms as "createdAtMs",
  saved_at_ms as "savedAtMs", saved_by as "savedBy", last_used_at_ms as "lastUsedAtMs",
  failure_status as "failureStatus", failure_code as "failureCode", failed_at_ms as "failedAtMs"`

/** Lists a workspace's keys, newest first. */
export async function listKeys(
  db: Queryable,
  workspaceId: string,
  page: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    `select ${columns} from llm_keys
     where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspaceId, page.beforeId ?? null, page.limit],
  )
  return rows
}

/** Reads a key and, with `lock`, locks its row until the transaction ends. Throws `llm_key_not_found`. */
export async function requireKey(
  db: Queryable,
  workspaceId: string,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<KeyRow> {
  const { rows } = await db.query<KeyRow>(
    `select ${columns} from llm_keys where workspace_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [workspaceId, id],
  )
  return rows[0] ?? throwNotFound()
}

/** Lists the keys of all workspaces, one page in memory at a time. */
export async function* listAllKeys(db: Queryable, pageRows = 500): AsyncGenerator<KeyRow> {
  let last: KeyRow | undefined
  do {
    const { rows }: { rows: KeyRow[] } = await db.query<KeyRow>(
      `select ${columns} from llm_keys where $1::uuid is null or (workspace_id, id) > ($1, $2::uuid)
       order by workspace_id, id limit $3`,
      [last?.workspaceId ?? null, last?.id ?? null, pageRows],
    )
    yield* rows
    last = rows.length < pageRows ? undefined : rows.at(-1)
  } while (last !== undefined)
}

/** Stores a key as it was sealed again, unless the key was replaced since it was read. */
export async function replaceSealed(db: Queryable, row: KeyRow, sealedKey: string): Promise<void> {
  await db.query(
    'update llm_keys set sealed_key = $4 where workspace_id = $1 and id = $2 and sealed_key = $3',
    [row.workspaceId, row.id, row.sealedKey, sealedKey],
  )
}

/** Inserts a key. Returns false if the workspace already has a key for this provider. */
export async function insertKey(tx: Tx, row: KeyRow): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into llm_keys (workspace_id, id, provider, sealed_key, last_four, base_url, api_version, deployments,
                           created_at_ms, saved_at_ms, saved_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (workspace_id, provider) do nothing`,
    [
      row.workspaceId,
      row.id,
      row.provider,
      row.sealedKey,
      row.lastFour,
      row.baseUrl,
      row.apiVersion,
      row.deployments,
      row.createdAtMs,
      row.savedAtMs,
      row.savedBy,
    ],
  )
  return rowCount === 1
}

/** Updates everything that a person can change about a key, and its last failure. */
export async function updateKey(tx: Tx, row: KeyRow): Promise<void> {
  await tx.query(
    `update llm_keys set sealed_key = $3, last_four = $4, base_url = $5, api_version = $6, deployments = $7,
            saved_at_ms = $8, saved_by = $9, failure_status = $10, failure_code = $11, failed_at_ms = $12
     where workspace_id = $1 and id = $2`,
    [
      row.workspaceId,
      row.id,
      row.sealedKey,
      row.lastFour,
      row.baseUrl,
      row.apiVersion,
      row.deployments,
      row.savedAtMs,
      row.savedBy,
      row.failureStatus,
      row.failureCode,
      row.failedAtMs,
    ],
  )
}

/** Deletes a key. Throws `llm_key_not_found`. */
export async function deleteKey(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const { rowCount } = await tx.query('delete from llm_keys where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ])
  if (rowCount === 0) throwNotFound()
}

/** A use of a key, and whether the provider refused it. */
export type KeyUse = {
  readonly workspaceId: string
  readonly keyId: string
  /** When the used key was saved. Uses of a key that was replaced since are ignored. */
  readonly savedAtMs: number
  readonly atMs: number
  readonly failure: Omit<KeyFailure, 'atMs'> | null
}

/** Records when keys were used and whether they were refused. Takes at most one use per key. */
export async function recordKeyUses(db: Queryable, uses: readonly KeyUse[]): Promise<void> {
  await db.query(
    `update llm_keys k set last_used_at_ms = greatest(k.last_used_at_ms, s.at_ms), failure_status = s.status,
            failure_code = s.code, failed_at_ms = case when s.status is not null then s.at_ms end
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::text[])
          as s (workspace_id, id, saved_at_ms, at_ms, status, code)
     where k.workspace_id = s.workspace_id and k.id = s.id and k.saved_at_ms = s.saved_at_ms`,
    [
      uses.map((s) => s.workspaceId),
      uses.map((s) => s.keyId),
      uses.map((s) => s.savedAtMs),
      uses.map((s) => s.atMs),
      uses.map((s) => s.failure?.status ?? null),
      uses.map((s) => s.failure?.code ?? null),
    ],
  )
}

function throwNotFound(): never {
  throw new Problem(llmProblems.llm_key_not_found, 'There is no such LLM key in this workspace.')
}
