import { MINUTE_MS } from '@talktime/core/time/durations'
import type { FastifyBaseLogger } from 'fastify'
import type { Queryable } from '../platform/database/database.ts'
import { recordKeysUsed } from './key-store.ts'

const INTERVAL_MS = MINUTE_MS

/** Records when keys were last used: at most once a minute per key, without making requests wait. */
export type LastUsedRecorder = {
  record(keyId: string, atMs: number): void
  /** Resolves when everything recorded so far is written. */
  settled(): Promise<void>
}

export function createLastUsedRecorder(db: Queryable, log: FastifyBaseLogger): LastUsedRecorder {
  const recordedAtMs = new Map<string, number>()
  const pending = new Map<string, number>()
  let writing: Promise<void> | undefined

  async function writePending(): Promise<void> {
    while (pending.size > 0) {
      const uses = [...pending].map(([keyId, atMs]) => ({ keyId, atMs }))
      pending.clear()
      // The interval is checked again in SQL, because another process may have recorded the key within the minute.
      await recordKeysUsed(db, uses, INTERVAL_MS).catch((error: unknown) =>
        log.warn({ err: error }, 'Could not record when keys were last used'),
      )
    }
    writing = undefined
  }

  return {
    record(keyId, atMs) {
      const before = recordedAtMs.get(keyId)
      if (before !== undefined && atMs - before < INTERVAL_MS) return
      recordedAtMs.set(keyId, atMs)
      pending.set(keyId, atMs)
      // setImmediate lets requests that arrived together share one write.
      writing ??= new Promise((resolve) => setImmediate(() => writePending().then(resolve)))
    },
    async settled() {
      await writing
    },
  }
}
