import type { Database } from '../../../server/src/platform/database/database.ts'

/** A call as it is stored. `chargedMs` is null while it has not ended. */
export type StoredCall = {
  readonly id: string
  readonly isAnswered: boolean
  readonly chargedMs: number | null
}

/** Reads calls by their UUIDs. */
export async function readStoredCalls(
  database: Database,
  ids: readonly (string | undefined)[],
): Promise<Map<string, StoredCall>> {
  const { rows } = await database.query<StoredCall>(
    `select id, answered_at_ms is not null as "isAnswered",
            case when ended_at_ms is not null then settled_ms end as "chargedMs"
     from calls where id = any($1::uuid[])`,
    [ids],
  )
  return new Map(rows.map((row) => [row.id, row]))
}
