type Task = { readonly atMs: number; readonly run: () => Promise<void> }

/** Tasks in order of time. Tasks of the same time run in the order in which they were added. */
export type Timeline = {
  add(atMs: number, run: Task['run']): void
  /** The time of the next task, or null if there is none. */
  findNextAtMs(): number | null
  /** Removes the next task and runs it, whatever the time is. */
  runNext(): Promise<void>
  clear(): void
}

export function createTimeline(): Timeline {
  const tasks: Task[] = []
  return {
    add(atMs, run) {
      const later = tasks.findIndex((task) => task.atMs > atMs)
      tasks.splice(later === -1 ? tasks.length : later, 0, { atMs, run })
    },
    findNextAtMs: () => tasks[0]?.atMs ?? null,
    async runNext() {
      await tasks.shift()?.run()
    },
    clear() {
      tasks.length = 0
    },
  }
}
