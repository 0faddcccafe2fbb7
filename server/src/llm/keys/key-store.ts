import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { Actor } from '../../access/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'

/** How the provider last refused a key. */
export type KeyFailure = { readonly status: number; readonly code: string | null; readonly atMs: number }

/** A key as the database has it: sealed. */
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

/** Throws `llm_key_not_found`. `lock`: nobody else changes it until the transaction ends. */
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
  return rows[0] ?? keyNotFound()
}

/** Every key of every workspace, a page at a time. */
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

/** Keeps the same key, sealed anew, unless it was replaced since it was read. */
export async function replaceSealed(db: Queryable, row: KeyRow, sealedKey: string): Promise<void> {
  await db.query(
    'update llm_keys set sealed_key = $4 where workspace_id = $1 and id = $2 and sealed_key = $3',
    [row.workspaceId, row.id, row.sealedKey, sealedKey],
  )
}

/** Returns false where the workspace has a key for this provider already. */
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

/** Keeps everything that a person can change of a key, and how it fares. */
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

/** Throws `llm_key_not_found`. */
export async function deleteKey(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const { rowCount } = await tx.query('delete from llm_keys where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ])
  if (rowCount === 0) keyNotFound()
}

/** What was seen of a key while it was used. */
export type KeySighting = {
  readonly workspaceId: string
  readonly keyId: string
  /** Which of the keys that stood under this id: a sighting of the one before says nothing of this one. */
  readonly savedAtMs: number
  readonly atMs: number
  readonly failure: Omit<KeyFailure, 'atMs'> | null
}

/** Notes when keys were used and whether they were refused; of each key at most one sighting. */
export async function noteSightings(db: Queryable, sightings: readonly KeySighting[]): Promise<void> {
  await db.query(
    `update llm_keys k set last_used_at_ms = greatest(k.last_used_at_ms, s.at_ms), failure_status = s.status,
            failure_code = s.code, failed_at_ms = case when s.status is not null then s.at_ms end
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::text[])
          as s (workspace_id, id, saved_at_ms, at_ms, status, code)
     where k.workspace_id = s.workspace_id and k.id = s.id and k.saved_at_ms = s.saved_at_ms`,
    [
      sightings.map((s) => s.workspaceId),
      sightings.map((s) => s.keyId),
      sightings.map((s) => s.savedAtMs),
      sightings.map((s) => s.atMs),
      sightings.map((s) => s.failure?.status ?? null),
      sightings.map((s) => s.failure?.code ?? null),
    ],
  )
}

function keyNotFound(): never {
  throw new Problem(llmProblems.llm_key_not_found, 'There is no such LLM key in this workspace.')
}
