import { useEffect, useSyncExternalStore } from 'react'

/** A keyboard shortcut of the open page. */
export type PageKey = {
  /** As `KeyboardEvent.key` names them: `e`, `ArrowLeft`. Any of them triggers it. */
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

/** Adds shortcuts for as long as the page is open. They are off where single-letter shortcuts are. */
export function usePageKeys(keys: readonly PageKey[]): void {
  useEffect(() => set(keys), [keys])
  useEffect(() => () => set(none), [])
}

/** The shortcuts of the open page. */
export function usePageKeyList(): readonly PageKey[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Finds the open page's shortcut for a key. */
export function findPageKey(key: string): PageKey | undefined {
  return current.find(({ keys }) => keys.includes(key))
}
