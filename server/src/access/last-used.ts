import type { FastifyBaseLogger } from 'fastify'
import type { Queryable } from '../platform/database/database.ts'

const intervalMs = 60_000

/** Notes when keys were last used: at most once a minute a key, and never while a request waits for it. */
export type LastUsed = {
  note(keyId: string, atMs: number): void
  /** Resolves when everything noted is written. */
  settled(): Promise<void>
}

export function createLastUsed(db: Queryable, log: FastifyBaseLogger): LastUsed {
  const notedAtMs = new Map<string, number>()
  const pending = new Map<string, number>()
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    while (pending.size > 0) {
      const batch = [...pending]
      pending.clear()
      // Another process may have noted it within the minute.
      await db
        .query(
          `update api_keys k set last_used_at_ms = u.at_ms
           from unnest($1::uuid[], $2::bigint[]) as u (id, at_ms)
           where k.id = u.id and coalesce(k.last_used_at_ms, -$3::bigint) <= u.at_ms - $3::bigint`,
          [batch.map(([id]) => id), batch.map(([, atMs]) => atMs), intervalMs],
        )
        .catch((error: unknown) => log.warn({ err: error }, 'When keys were last used could not be noted'))
    }
    writing = undefined
  }

  return {
    note(keyId, atMs) {
      const before = notedAtMs.get(keyId)
      if (before !== undefined && atMs - before < intervalMs) return
      notedAtMs.set(keyId, atMs)
      pending.set(keyId, atMs)
      // Behind what is already runnable: requests that arrived together are noted together.
      writing ??= new Promise((resolve) => setImmediate(() => write().then(resolve)))
    },
    async settled() {
      await writing
    },
  }
}
