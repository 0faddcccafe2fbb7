/** Things to be done at their time, one after another. */
export type Agenda = {
  add(atMs: number, run: () => Promise<void>): void
  /** When the next thing is due; null: there is none. */
  nextAtMs(): number | null
  /** Does the next thing, whatever time it is. */
  runNext(): Promise<void>
  clear(): void
}

export function createAgenda(): Agenda {
  const items: { readonly atMs: number; readonly run: () => Promise<void> }[] = []
  return {
    add(atMs, run) {
      const later = items.findIndex((item) => item.atMs > atMs)
      items.splice(later === -1 ? items.length : later, 0, { atMs, run })
    },
    nextAtMs: () => items[0]?.atMs ?? null,
    async runNext() {
      await items.shift()?.run()
    },
    clear() {
      items.length = 0
    },
  }
}
