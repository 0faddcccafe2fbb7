import type { Message } from './messages.ts'

export type Listener = {
  readonly workspaceId: string
  /** The number of the last event that the listener has. */
  seq: number
  send(messages: readonly Message[]): void
}

/** The listeners of this process, by workspace. */
export type Listeners = {
  add(listener: Listener): void
  remove(listener: Listener): void
  has(listener: Listener): boolean
  listOf(workspaceId: string): readonly Listener[]
  isWatched(workspaceId: string): boolean
  listWatched(): string[]
  readonly size: number
}

export function createListeners(): Listeners {
  const byWorkspace = new Map<string, Set<Listener>>()
  return {
    add(listener) {
      const ofWorkspace = byWorkspace.get(listener.workspaceId) ?? new Set()
      byWorkspace.set(listener.workspaceId, ofWorkspace.add(listener))
    },
    remove(listener) {
      const ofWorkspace = byWorkspace.get(listener.workspaceId)
      ofWorkspace?.delete(listener)
      if (ofWorkspace?.size === 0) byWorkspace.delete(listener.workspaceId)
    },
    has: (listener) => byWorkspace.get(listener.workspaceId)?.has(listener) ?? false,
    listOf: (workspaceId) => [...(byWorkspace.get(workspaceId) ?? [])],
    isWatched: (workspaceId) => byWorkspace.has(workspaceId),
    listWatched: () => [...byWorkspace.keys()],
    get size() {
      let size = 0
      for (const ofWorkspace of byWorkspace.values()) size += ofWorkspace.size
      return size
    },
  }
}
