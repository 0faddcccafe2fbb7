import type { Clock } from '../platform/clock.ts'

/**
 * Caches what the database said for a few seconds, so that a busy key does not cost a query per request. A change
 * drops the entries it affects, in this process and in others. If the message about a change is lost, the entry
 * expires after {@link FRESH_MS}.
 */
export type PrincipalCache<Value> = {
  /** Returns the cached value, or what `load` finds. Undefined is never cached, so a new row is found at once. */
  get(name: string, load: () => Promise<Value | undefined>): Value | undefined | Promise<Value | undefined>
  /** Drops the entries for which `isAffected` returns true, and the results of loads that are running. */
  drop(isAffected: (name: string, value: Value) => boolean): void
  /** Switches caching on or off and empties the cache. Off while changes by other processes would be missed. */
  setCaching(isOn: boolean): void
}

export const FRESH_MS = 5_000
const ENTRIES_MAX = 50_000

export function createPrincipalCache<Value>(clock: Clock): PrincipalCache<Value> {
  const entries = new Map<string, { value: Value; freshUntilMs: number }>()
  const loading = new Map<string, Promise<Value | undefined>>()
  // Counts changes: a load that began before a change may return what was true before it.
  let changes = 0
  let isCaching = false

  function store(name: string, value: Value): void {
    if (entries.size >= ENTRIES_MAX) {
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    }
    entries.set(name, { value, freshUntilMs: clock.now() + FRESH_MS })
  }

  async function loadAndStore(name: string, load: () => Promise<Value | undefined>) {
    const changesBefore = changes
    const value = await load()
    if (value !== undefined && isCaching && changes === changesBefore) store(name, value)
    return value
  }

  return {
    get(name, load) {
      const entry = entries.get(name)
      if (entry !== undefined) {
        if (clock.now() < entry.freshUntilMs) return entry.value
        entries.delete(name)
      }
      const running = loading.get(name)
      if (running !== undefined) return running
      const promise = loadAndStore(name, load).finally(() => {
        if (loading.get(name) === promise) loading.delete(name)
      })
      loading.set(name, promise)
      return promise
    },
    drop(isAffected) {
      changes += 1
      loading.clear()
      for (const [name, { value }] of entries) if (isAffected(name, value)) entries.delete(name)
    },
    setCaching(isOn) {
      isCaching = isOn
      changes += 1
      entries.clear()
      loading.clear()
    },
  }
}
