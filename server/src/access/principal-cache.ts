import type { Clock } from '../platform/clock.ts'

/**
 * What the database said a short while ago, so that a busy key costs no query a request. An entry is dropped when
 * something it was made from changes, here or in another process; should that message be lost, it dies by itself.
 */
export type PrincipalCache<Value> = {
  /** The cached value, or what `load` finds. Undefined is never cached: what is made a moment later is seen at once. */
  get(name: string, load: () => Promise<Value | undefined>): Value | undefined | Promise<Value | undefined>
  /** Drops the entries that `concerns` holds for. Loads that are under way are not kept either. */
  drop(concerns: (name: string, value: Value) => boolean): void
  /** Whether to keep anything at all. Off while changes made elsewhere would not be heard of. */
  listen(heard: boolean): void
}

export const freshMs = 5_000
const entriesMax = 50_000

export function createPrincipalCache<Value>(clock: Clock): PrincipalCache<Value> {
  const entries = new Map<string, { value: Value; freshUntilMs: number }>()
  const loading = new Map<string, Promise<Value | undefined>>()
  // A load that began before a change may still bring what was before it.
  let changes = 0
  let hears = false

  function keep(name: string, value: Value): void {
    if (entries.size >= entriesMax) {
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    }
    entries.set(name, { value, freshUntilMs: clock.now() + freshMs })
  }

  async function loadAndKeep(name: string, load: () => Promise<Value | undefined>) {
    const changesBefore = changes
    const value = await load()
    if (value !== undefined && hears && changes === changesBefore) keep(name, value)
    return value
  }

  return {
    get(name, load) {
      const entry = entries.get(name)
      if (entry !== undefined) {
        if (clock.now() < entry.freshUntilMs) return entry.value
        entries.delete(name)
      }
      const before = loading.get(name)
      if (before !== undefined) return before
      const promise = loadAndKeep(name, load).finally(() => {
        if (loading.get(name) === promise) loading.delete(name)
      })
      loading.set(name, promise)
      return promise
    },
    drop(concerns) {
      changes += 1
      loading.clear()
      for (const [name, { value }] of entries) if (concerns(name, value)) entries.delete(name)
    },
    listen(heard) {
      hears = heard
      changes += 1
      entries.clear()
      loading.clear()
    },
  }
}
