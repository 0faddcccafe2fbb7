import { MINUTE_MS } from '@talktime/core/time/durations'
import type { FastifyBaseLogger } from 'fastify'
import type { Queryable } from '../../platform/database/database.ts'
import { type KeyUse, recordKeyUses } from '../keys/key-store.ts'
import { type RequestRecord, writeRequests } from './request-store.ts'

/**
 * Records gateway requests without making them wait: records that gather while a batch is written form the next batch.
 * A request is recorded when it starts and again when it ends, so that requests of a killed server are known too.
 */
export type Recorder = {
  recordRequest(record: RequestRecord): void
  /** Records that an own key was used, and whether the provider refused it. */
  recordKeyUse(use: KeyUse): void
  /** Resolves when everything recorded so far is written. */
  settled(): Promise<void>
}

/** Beyond this number, while the database is away, the oldest records are dropped. */
const PENDING_MAX = 20_000
const BATCH_MAX = 1_000
const RETRY_MS = 1_000
/** Uses of a key with an unchanged result are recorded this often. */
const KEY_USE_INTERVAL_MS = MINUTE_MS

export function createRecorder(db: Queryable, log: FastifyBaseLogger): Recorder {
  const pending = new Map<string, RequestRecord>()
  const pendingUses = new Map<string, KeyUse>()
  const lastUses = new Map<string, KeyUse>()
  let writing: Promise<void> | undefined
  let isFailing = false

  async function writeBatch(): Promise<void> {
    const batch = [...pending.values()].slice(0, BATCH_MAX)
    if (batch.length > 0) await writeRequests(db, batch)
    // A request that ended during the write has a new record under its id, which stays.
    for (const record of batch) if (pending.get(record.id) === record) pending.delete(record.id)
    const uses = [...pendingUses.values()]
    if (uses.length > 0) await recordKeyUses(db, uses)
    for (const use of uses) if (pendingUses.get(use.keyId) === use) pendingUses.delete(use.keyId)
  }

  async function writeAll(): Promise<void> {
    while (pending.size > 0 || pendingUses.size > 0) {
      try {
        await writeBatch()
        isFailing = false
      } catch (error) {
        if (!isFailing) log.error({ err: error }, 'Could not record requests of the LLM gateway')
        isFailing = true
        break
      }
    }
    writing = undefined
    if (isFailing) setTimeout(start, RETRY_MS).unref()
  }

  // setImmediate lets requests that arrived together share one batch.
  function start(): void {
    writing ??= new Promise((resolve) => setImmediate(() => writeAll().then(resolve)))
  }

  return {
    recordRequest(record) {
      pending.set(record.id, record)
      const oldest = pending.size > PENDING_MAX ? pending.keys().next().value : undefined
      if (oldest !== undefined) pending.delete(oldest)
      start()
    },
    recordKeyUse(use) {
      const before = lastUses.get(use.keyId)
      if (before !== undefined && !isNews(before, use)) return
      lastUses.set(use.keyId, use)
      pendingUses.set(use.keyId, use)
      start()
    },
    async settled() {
      await writing
    },
  }
}

function isNews(before: KeyUse, now: KeyUse): boolean {
  return (
    now.atMs - before.atMs >= KEY_USE_INTERVAL_MS ||
    now.savedAtMs !== before.savedAtMs ||
    now.failure?.status !== before.failure?.status
  )
}
