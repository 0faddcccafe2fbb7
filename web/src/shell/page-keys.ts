import { useEffect, useSyncExternalStore } from 'react'

/** A key of the page that is open. */
export type PageKey = {
  /** As the browser names it: `e`, `ArrowLeft`. */
  key: string
  /** As the list of keys shows it, where that is another: `←`. */
  shown?: string
  does: string
  act: () => void
}

const none: readonly PageKey[] = []
const listeners = new Set<() => void>()
let current = none

function set(keys: readonly PageKey[]): void {
  current = keys
  for (const listener of listeners) listener()
}

/** Gives the keyboard keys for as long as the page is open. They follow the same rules as all single keys. */
export function usePageKeys(keys: readonly PageKey[]): void {
  useEffect(() => set(keys), [keys])
  useEffect(() => () => set(none), [])
}

/** The keys of the page that is open. */
export function usePageKeyList(): readonly PageKey[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** What a key does on the page that is open. */
export function pageKey(key: string): PageKey | undefined {
  return current.find((candidate) => candidate.key === key)
}
