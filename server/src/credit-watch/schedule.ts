import TinyQueue from 'tinyqueue'

/** A workspace in which something is to be done, and since when that was known to be due. */
export type Due = { readonly workspaceId: string; readonly dueMs: number }

/** When something is due in which workspace. Plain memory: what is lost with it is found in the database. */
export type Schedule = {
  /**
   * Something is due in the workspace at `dueMs`; null: nothing. What was put for a later state of it stands.
   *
   * @param seq the number of the state this follows from: of its line's last event
   */
  put(workspaceId: string, seq: number, dueMs: number | null): void
  /** Takes out what is due at `nowMs`, the longest due first. */
  take(nowMs: number, limit: number): Due[]
  /** When to look again: nothing is due before; null: never. */
  nextMs(): number | null
}

type Entry = {
  seq: number
  dueMs: number
  /** When the queue brings it up, which is no later than it is due. */
  queuedMs: number
}

/**
 * A busy workspace's crossing moves with every call, mostly to and fro. So an entry is not queued again when it comes
 * to be due later than it is queued for, and stays when nothing is due any more: it is looked at when its time comes.
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
        // Queued again since, for an earlier time.
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
