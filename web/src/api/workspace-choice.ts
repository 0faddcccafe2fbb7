import { useSyncExternalStore } from 'react'

const STORAGE_KEY = 'talktime.workspace'
const listeners = new Set<() => void>()
let chosen: string | null = read()

function read(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

/** The workspace that requests name, or null to leave the choice to the server. */
export function currentWorkspaceId(): string | null {
  return chosen
}

/** Chooses the workspace, and remembers it for the next visit. */
export function chooseWorkspace(workspaceId: string | null): void {
  if (workspaceId === chosen) return
  chosen = workspaceId
  try {
    if (workspaceId === null) localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, workspaceId)
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

/** Reads {@link currentWorkspaceId} and re-renders when it changes. */
export function useChosenWorkspaceId(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentWorkspaceId)
}
