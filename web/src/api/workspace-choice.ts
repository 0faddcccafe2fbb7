import { useSyncExternalStore } from 'react'

const storageKey = 'talktime.workspace'
const listeners = new Set<() => void>()
let chosen: string | null = read()

function read(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

/** The workspace that requests name, or null to leave the choice to the server. */
export function currentWorkspaceId(): string | null {
  return chosen
}

/** Remembers the workspace for this and the next visits. */
export function chooseWorkspace(workspaceId: string | null): void {
  if (workspaceId === chosen) return
  chosen = workspaceId
  try {
    if (workspaceId === null) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, workspaceId)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

/** The same as {@link currentWorkspaceId}, drawn again when it changes. */
export function useChosenWorkspaceId(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentWorkspaceId)
}
