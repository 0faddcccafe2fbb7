import { useSyncExternalStore } from 'react'

const storageKey = (workspaceId: string) => `talktime.setup.${workspaceId}`
const listeners = new Set<() => void>()
/** Choices since the page was opened, for browsers without storage. */
const chosen = new Map<string, boolean>()

function isHidden(workspaceId: string): boolean {
  const now = chosen.get(workspaceId)
  if (now !== undefined) return now
  try {
    return localStorage.getItem(storageKey(workspaceId)) === 'hidden'
  } catch {
    return false
  }
}

/** Whether this person has hidden the workspace's checklist in this browser. */
export function useSetupHidden(workspaceId: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isHidden(workspaceId),
  )
}

export function hideSetup(workspaceId: string, hidden: boolean): void {
  chosen.set(workspaceId, hidden)
  try {
    if (hidden) localStorage.setItem(storageKey(workspaceId), 'hidden')
    else localStorage.removeItem(storageKey(workspaceId))
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}
