import type { FastifyBaseLogger } from 'fastify'
import type { Queryable } from '../../platform/database/database.ts'
import { type KeySighting, noteSightings } from '../keys/key-store.ts'
import { type RequestRecord, writeRequests } from './request-store.ts'

/**
 * Writes down what goes through the gateway, and never while a request waits for it: what gathers while one batch is
 * in the database is the next. A request is written when it goes out and completed when it is over, so that one whose
 * server was killed in between is known as well.
 */
export type Recorder = {
  write(record: RequestRecord): void
  /** How a key of a workspace's own fared. */
  see(sighting: KeySighting): void
  /** Resolves when everything is written. */
  settled(): Promise<void>
}

/** Beyond that many, while the database is away, the oldest are given up. */
const pendingMax = 20_000
const batchMax = 1_000
const retryMs = 1_000
/** A key that fares as before is noted again after this long. */
const sightingEveryMs = 60_000

export function createRecorder(db: Queryable, log: FastifyBaseLogger): Recorder {
  const pending = new Map<string, RequestRecord>()
  const sightings = new Map<string, KeySighting>()
  const noted = new Map<string, KeySighting>()
  let writing: Promise<void> | undefined
  let failing = false

  async function writeBatch(): Promise<void> {
    const batch = [...pending.values()].slice(0, batchMax)
    if (batch.length > 0) await writeRequests(db, batch)
    // What was completed meanwhile is another record under the same id: it stays.
    for (const record of batch) if (pending.get(record.id) === record) pending.delete(record.id)
    const seen = [...sightings.values()]
    if (seen.length > 0) await noteSightings(db, seen)
    for (const sighting of seen) {
      if (sightings.get(sighting.keyId) === sighting) sightings.delete(sighting.keyId)
    }
  }

  async function writeAll(): Promise<void> {
    while (pending.size > 0 || sightings.size > 0) {
      try {
        await writeBatch()
        failing = false
      } catch (error) {
        if (!failing) log.error({ err: error }, 'Requests of the LLM gateway could not be written down')
        failing = true
        break
      }
    }
    writing = undefined
    if (failing) setTimeout(start, retryMs).unref()
  }

  // Behind what is already runnable: requests that arrived together are written together.
  function start(): void {
    writing ??= new Promise((resolve) => setImmediate(() => writeAll().then(resolve)))
  }

  return {
    write(record) {
      pending.set(record.id, record)
      const oldest = pending.size > pendingMax ? pending.keys().next().value : undefined
      if (oldest !== undefined) pending.delete(oldest)
      start()
    },
    see(sighting) {
      const before = noted.get(sighting.keyId)
      if (before !== undefined && !tellsMore(before, sighting)) return
      noted.set(sighting.keyId, sighting)
      sightings.set(sighting.keyId, sighting)
      start()
    },
    async settled() {
      await writing
    },
  }
}

function tellsMore(before: KeySighting, now: KeySighting): boolean {
  return (
    now.atMs - before.atMs >= sightingEveryMs ||
    now.savedAtMs !== before.savedAtMs ||
    now.failure?.status !== before.failure?.status
  )
}
