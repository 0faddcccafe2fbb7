/** Work that runs beside the requests of this process. */
export type Background<Note = never> = {
  /**
   * Runs the key's work soon. While it runs already, it runs once more afterwards, with everything noted meanwhile:
   * however often a key is woken, its work never runs twice at once and no note is lost.
   */
  wake(key: string, ...notes: Note[]): void
  /** Runs one piece of work that no key stands for. It is awaited by `idle` and `close`. */
  run(work: Promise<unknown>): void
  /** Resolves when nothing is running. */
  idle(): Promise<void>
  /** Accepts no more wake-ups, repeats nothing, and resolves when what is running has ended. */
  close(): Promise<void>
  readonly isClosed: boolean
}

export type BackgroundOptions<Note> = {
  /** The work of a key, with what was noted since it began last. */
  readonly work?: (key: string, notes: Note[]) => Promise<void>
  /** A piece of work failed. Nothing is repeated for that. */
  readonly onError: (error: unknown) => void
}

/** Creates a worker that coalesces wake-ups by key, for this process alone: other processes have their own. */
export function createBackground<Note = never>(options: BackgroundOptions<Note>): Background<Note> {
  const { work, onError } = options
  const running = new Set<Promise<unknown>>()
  /** Keys whose work is running, with what was noted for the next run; undefined: no next run yet. */
  const keys = new Map<string, Note[] | undefined>()
  let closed = false

  function run(piece: Promise<unknown>): void {
    const watched = piece.catch(onError).finally(() => running.delete(watched))
    running.add(watched)
  }

  async function runKey(key: string, first: Note[]): Promise<void> {
    keys.set(key, undefined)
    try {
      for (let notes: Note[] | undefined = first; notes !== undefined; ) {
        await work?.(key, notes)
        notes = closed ? undefined : keys.get(key)
        keys.set(key, undefined)
      }
    } finally {
      keys.delete(key)
    }
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running)
  }

  return {
    run,
    idle,
    wake(key, ...notes) {
      if (closed) return
      if (!keys.has(key)) {
        run(runKey(key, notes))
        return
      }
      const noted = keys.get(key) ?? []
      noted.push(...notes)
      keys.set(key, noted)
    },
    async close() {
      closed = true
      await idle()
    },
    get isClosed() {
      return closed
    },
  }
}
