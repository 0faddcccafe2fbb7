import { useEffect, useSyncExternalStore } from 'react'

/** What keys of the page that is open do. */
export type PageKey = {
  /** As the browser names them: `e`, `ArrowLeft`. Each of them does it. */
  keys: readonly string[]
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
  return current.find(({ keys }) => keys.includes(key))
}
