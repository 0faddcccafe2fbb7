import { MINUTE_MS } from '@talktime/core/time/durations'
import type { FastifyBaseLogger } from 'fastify'

const INTERVAL_MS = MINUTE_MS
/** How many keys or sessions are remembered. Beyond it all are forgotten, and each is written once more. */
const REMEMBERED_MAX = 50_000

/** A use of a key or a session, which `id` names. */
export type Use = { readonly id: string; readonly atMs: number }

/** Records when keys or sessions were last used: at most once a minute each, without making requests wait. */
export type LastUsedRecorder = {
  record(id: string, atMs: number): void
  /** Resolves when everything recorded so far is written. */
  settled(): Promise<void>
}

/** @param write writes uses unless another process has recorded one within the interval */
export function createLastUsedRecorder(
  write: (uses: readonly Use[], intervalMs: number) => Promise<void>,
  log: FastifyBaseLogger,
): LastUsedRecorder {
  const recordedAtMs = new Map<string, number>()
  const pending = new Map<string, number>()
  let writing: Promise<void> | undefined

  async function writePending(): Promise<void> {
    while (pending.size > 0) {
      const uses = [...pending].map(([id, atMs]) => ({ id, atMs }))
      pending.clear()
      await write(uses, INTERVAL_MS).catch((error: unknown) =>
        log.warn({ err: error }, 'Could not record when keys and sessions were last used'),
      )
    }
    writing = undefined
  }

  return {
    record(id, atMs) {
      const before = recordedAtMs.get(id)
      if (before !== undefined && atMs - before < INTERVAL_MS) return
      if (recordedAtMs.size >= REMEMBERED_MAX) recordedAtMs.clear()
      recordedAtMs.set(id, atMs)
      pending.set(id, atMs)
      // setImmediate lets requests that arrived together share one write.
      writing ??= new Promise((resolve) => setImmediate(() => writePending().then(resolve)))
    },
    async settled() {
      await writing
    },
  }
}
