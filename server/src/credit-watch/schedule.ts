import TinyQueue from 'tinyqueue'

/** A workspace that is due, and since when (epoch milliseconds). 0: another process missed it. */
export type Due = { readonly workspaceId: string; readonly dueMs: number }

/** A schedule of workspaces by when they are due. It is plain memory: the database has everything that is lost with it. */
export type Schedule = {
  /**
   * Sets when the workspace is due; null: never. Ignored if the schedule already knows a later state of the workspace.
   *
   * @param seq numbers the workspace's state, by its line's last event
   */
  put(workspaceId: string, seq: number, dueMs: number | null): void
  /** Removes the workspaces that are due at `nowMs`, at most `limit`, and returns them longest due first. */
  take(nowMs: number, limit: number): Due[]
  /** The instant before which nothing is due. null: nothing is scheduled. */
  nextMs(): number | null
}

type Entry = {
  seq: number
  dueMs: number
  /** Its place in the queue, which is never later than `dueMs`. */
  queuedMs: number
}

/**
 * Creates an empty schedule.
 *
 * A busy workspace's crossing moves with every call, mostly back and forth. So an entry that becomes due later, or never,
 * keeps its place in the queue. It is looked at when that place comes up, and queued again if it is due later.
 */
export function createSchedule(): Schedule {
  const entries = new Map<string, Entry>()
  const queue = new TinyQueue<{ atMs: number; workspaceId: string }>([], (a, b) => a.atMs - b.atMs)

  function enqueue(workspaceId: string, entry: Entry): void {
    entry.queuedMs = entry.dueMs
    queue.push({ atMs: entry.queuedMs, workspaceId })
  }

  return {
    put(workspaceId, seq, dueMs) {
      const known = entries.get(workspaceId)
      if (known === undefined) {
        if (dueMs === null) return
        const entry = { seq, dueMs, queuedMs: dueMs }
        entries.set(workspaceId, entry)
        enqueue(workspaceId, entry)
        return
      }
      if (seq < known.seq) return
      known.seq = seq
      known.dueMs = dueMs ?? Number.POSITIVE_INFINITY
      if (known.dueMs < known.queuedMs) enqueue(workspaceId, known)
    },
    take(nowMs, limit) {
      const due: Due[] = []
      while (due.length < limit) {
        const first = queue.peek()
        if (first === undefined || first.atMs > nowMs) break
        queue.pop()
        const entry = entries.get(first.workspaceId)
        // The entry was queued again since, for an earlier time.
        if (entry === undefined || entry.queuedMs !== first.atMs) continue
        if (entry.dueMs > nowMs && entry.dueMs < Number.POSITIVE_INFINITY) {
          enqueue(first.workspaceId, entry)
          continue
        }
        entries.delete(first.workspaceId)
        if (entry.dueMs <= nowMs) due.push({ workspaceId: first.workspaceId, dueMs: entry.dueMs })
      }
      return due
    },
    nextMs: () => queue.peek()?.atMs ?? null,
  }
}
