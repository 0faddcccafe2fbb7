const storageKey = 'talktime.workspace'
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
  chosen = workspaceId
  try {
    if (workspaceId === null) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, workspaceId)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
