import { createHash } from 'node:crypto'
import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../database/database.ts'
import { Problem, platformProblems } from '../problem.ts'

/** An idempotency key: whose it is, which one, and the hash of the request that came with it. */
export type IdempotencyRef = { readonly scope: string; readonly key: string; readonly requestHash: Buffer }

/** The first answer to a request, as it was sent. */
export type IdempotencyRecord = IdempotencyRef & { readonly status: number; readonly body: string }

type Named = Pick<IdempotencyRef, 'scope' | 'key'>

/** The key of a record in memory: unique by scope and key. */
export function idempotencyName({ scope, key }: Named): string {
  return `${scope}\n${key}`
}

/**
 * Makes other users of these keys wait until this transaction ends. Keys are locked in one order, so that
 * two batches never wait for each other in a circle. Take these locks before any others.
 */
export async function lockIdempotencyKeys(tx: Queryable, names: readonly Named[]): Promise<void> {
  if (names.length === 0) return
  const locks = [...new Set(names.map(lockOf))].sort((a, b) => (a < b ? -1 : 1))
  await tx.query({
    name: 'idempotency_lock',
    text: 'select pg_advisory_xact_lock(id) from unnest($1::bigint[]) as id',
    values: [locks.map(String)],
  })
}

/** 64 bits of a hash: two keys that share them wait for each other and nothing worse. */
function lockOf(name: Named): bigint {
  return createHash('sha256')
    .update(`idempotency\n${idempotencyName(name)}`)
    .digest()
    .readBigInt64BE(0)
}

/**
 * Loads the records of these keys, by {@link idempotencyName}. Lock the keys first, in an earlier statement: then the
 * answer is still true when the transaction commits.
 */
export async function loadIdempotencyRecords(
  tx: Queryable,
  names: readonly Named[],
): Promise<Map<string, IdempotencyRecord>> {
  if (names.length === 0) return new Map()
  const { rows } = await tx.query<IdempotencyRecord>({
    name: 'idempotency_load',
    text: `select r.scope, r.key, r.request_hash as "requestHash", r.status, r.body
           from unnest($1::text[], $2::text[]) as n (scope, key)
           join idempotency_keys r on r.scope = n.scope and r.key = n.key`,
    values: [names.map(({ scope }) => scope), names.map(({ key }) => key)],
  })
  return new Map(rows.map((record) => [idempotencyName(record), record]))
}

/** Throws `idempotency_mismatch` where the key was first used for something else. */
export function requireSameRequest(record: IdempotencyRecord, ref: IdempotencyRef): void {
  if (record.requestHash.equals(ref.requestHash)) return
  throw new Problem(
    platformProblems.idempotency_mismatch,
    'This Idempotency-Key was used with another method, address or body. Use a new key for a new request.',
  )
}

/** Writes the first answers, in the transaction that did the work. */
export async function insertIdempotencyRecords(
  tx: Queryable,
  records: readonly IdempotencyRecord[],
  nowMs: number,
): Promise<void> {
  if (records.length === 0) return
  await tx.query({
    name: 'idempotency_insert',
    text: `insert into idempotency_keys (scope, key, request_hash, status, body, created_at_ms)
           select scope, key, request_hash, status, body, $6
           from unnest($1::text[], $2::text[], $3::bytea[], $4::int[], $5::text[])
             as r (scope, key, request_hash, status, body)`,
    values: [
      records.map(({ scope }) => scope),
      records.map(({ key }) => key),
      records.map(({ requestHash }) => requestHash),
      records.map(({ status }) => status),
      records.map(({ body }) => body),
      nowMs,
    ],
  })
}

/** How long an answer is given again. */
export const IDEMPOTENCY_KEPT_MS = DAY_MS

/** Deletes records older than a day, at most `limit` at a time. Returns how many were deleted. */
export async function deleteExpiredIdempotencyRecords(
  db: Queryable,
  nowMs: number,
  limit = 10_000,
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from idempotency_keys where ctid = any(array(
       select ctid from idempotency_keys where created_at_ms < $1 limit $2))`,
    [nowMs - IDEMPOTENCY_KEPT_MS, limit],
  )
  return rowCount ?? 0
}
