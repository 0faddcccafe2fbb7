import { createBackground } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readChangesAfter, readLastEventSeqs } from './event-store.ts'
import { createListeners, type Listener } from './listeners.ts'
import { type Message, readBalanceMessage, readMessages } from './messages.ts'

export type Streams = {
  /** Starts a listener: it gets the balance first, then what happens after its `seq`. */
  add(listener: Listener): void
  remove(listener: Listener): void
  /** Informs the listeners of these workspaces at once. Call it when this process has committed something for them. */
  wake(workspaceIds: Iterable<string>): void
  /** Looks for what other processes have committed. Call it a few times a second. */
  poll(): Promise<void>
  /** Whether the workspace has a listener. */
  isWatched(workspaceId: string): boolean
  /** The number of listeners. */
  readonly size: number
  /** Resolves when every listener has what this process has committed. */
  idle(): Promise<void>
}

export type StreamDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/**
 * Creates the streams, which inform listeners of what happens in their workspaces. Commits of this process wake them at
 * once. Commits of other processes are found by one cheap query for all watched workspaces. NOTIFY would be faster by a
 * fraction of a second, but every commit of the hot path would queue for its lock, watched or not.
 */
export function createStreams(deps: StreamDeps): Streams {
  const { database } = deps
  const listeners = createListeners()
  /** Listeners that have not got the balance yet, which comes before everything else. */
  const ungreeted = new Set<Listener>()
  const background = createBackground({
    onError: deps.onError,
    async work(workspaceId) {
      for (const listener of listeners.listOf(workspaceId)) await catchUp(listener)
    },
  })

  async function catchUp(listener: Listener): Promise<void> {
    const { workspaceId } = listener
    if (ungreeted.has(listener)) {
      const balance = await readBalanceMessage(deps, workspaceId, listener.seq)
      ungreeted.delete(listener)
      send(listener, listener.seq, [balance])
    }
    while (listeners.has(listener)) {
      const next = await readNext(deps, workspaceId, listener.seq)
      if (next === undefined) return
      send(listener, next.seq, next.messages)
    }
  }

  return {
    add(listener) {
      listeners.add(listener)
      ungreeted.add(listener)
      background.wake(listener.workspaceId)
    },
    remove(listener) {
      listeners.remove(listener)
      ungreeted.delete(listener)
    },
    wake(workspaceIds) {
      for (const workspaceId of workspaceIds) {
        if (listeners.isWatched(workspaceId)) background.wake(workspaceId)
      }
    },
    async poll() {
      const watched = listeners.listWatched()
      if (watched.length === 0) return
      const isBehind = (listener: Listener, seq: number) => listener.seq < seq || ungreeted.has(listener)
      for (const [workspaceId, seq] of await readLastEventSeqs(database, watched)) {
        if (listeners.listOf(workspaceId).some((listener) => isBehind(listener, seq))) {
          background.wake(workspaceId)
        }
      }
    },
    idle: background.idle,
    isWatched: listeners.isWatched,
    get size() {
      return listeners.size
    },
  }
}

/** The listener moves on only with what it is sent: what fails before this is read again. */
function send(listener: Listener, seq: number, messages: readonly Message[]): void {
  listener.seq = seq
  listener.send(messages)
}

/** Reads the next batch of messages after an event; undefined: nothing has happened since. */
async function readNext(
  deps: StreamDeps,
  workspaceId: string,
  afterSeq: number,
): Promise<{ seq: number; messages: readonly Message[] } | undefined> {
  const changes = await readChangesAfter(deps.database, workspaceId, afterSeq)
  if (changes === 'none') return undefined
  if (changes !== 'expired') {
    return { seq: changes.seq, messages: await readMessages(deps, workspaceId, changes) }
  }
  const seq = (await readLastEventSeqs(deps.database, [workspaceId])).get(workspaceId)
  if (seq === undefined) return undefined
  const balance = await readBalanceMessage(deps, workspaceId, seq)
  return { seq, messages: [{ event: 'reset', data: {} }, balance] }
}
