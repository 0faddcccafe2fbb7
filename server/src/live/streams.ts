import { balanceAt } from '@talktime/core/billing/balance-line'
import { callResponse, loadCalls } from '../calls/index.ts'
import { amountOf, readLine } from '../ledger/index.ts'
import { createBackground } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { instantOf } from '../platform/http/instant.ts'
import { type IdKind, publicId } from '../public-ids.ts'
import { type Changes, changesAfter, lastEventSeqs } from './event-store.ts'

/** One message of a stream. Only the last of a look carries an id: a listener that stops before it looks again. */
export type Message = { readonly event: string; readonly data: unknown; readonly id?: number }

export type Listener = {
  readonly workspaceId: string
  /** Goes on after this event. */
  seq: number
  send(messages: readonly Message[]): void
}

export type Streams = {
  /** Starts telling the listener what happens, beginning with what happened after its `seq`. */
  add(listener: Listener): void
  remove(listener: Listener): void
  /** Something was committed for these workspaces by this process: tells their listeners at once. */
  wake(workspaceIds: Iterable<string>): void
  /** Looks for what other processes committed. Call it a few times a second. */
  poll(): Promise<void>
  /** Whether anybody listens to the workspace. */
  has(workspaceId: string): boolean
  readonly size: number
  /** Resolves when every listener has been told what this process committed. */
  idle(): Promise<void>
}

/**
 * Tells listeners what happened in their workspace. Commits of this process wake them at once; those of others are
 * found by one cheap query for all watched workspaces. NOTIFY would be quicker by a fraction of a second, but every
 * commit of the hot path would queue for its lock, whether someone watches or not.
 */
export function createStreams(deps: {
  database: Database
  clock: Clock
  onError: (error: unknown) => void
}): Streams {
  const { database, clock } = deps
  const byWorkspace = new Map<string, Set<Listener>>()
  /** Those that have not been told the balance yet, which comes before everything else. */
  const ungreeted = new Set<Listener>()
  const background = createBackground({
    onError: deps.onError,
    async work(workspaceId) {
      for (const listener of byWorkspace.get(workspaceId) ?? []) await catchUp(listener)
    },
  })

  async function catchUp(listener: Listener): Promise<void> {
    const { workspaceId } = listener
    if (ungreeted.has(listener)) {
      const greeting = { ...(await balanceMessage(workspaceId)), id: listener.seq }
      tell(listener, listener.seq, [greeting])
    }
    while (byWorkspace.get(workspaceId)?.has(listener)) {
      const changes = await changesAfter(database, workspaceId, listener.seq)
      if (changes === 'nothing') return
      if (changes === 'forgotten') {
        const seq = (await lastEventSeqs(database, [workspaceId])).get(workspaceId)
        if (seq === undefined) return
        const balance = { ...(await balanceMessage(workspaceId)), id: seq }
        tell(listener, seq, [{ event: 'reset', data: {} }, balance])
      } else {
        tell(listener, changes.seq, await messagesOf(workspaceId, changes))
      }
    }
  }

  /** Only what was told is behind the listener: whatever fails before is looked for again. */
  function tell(listener: Listener, seq: number, messages: readonly Message[]): void {
    ungreeted.delete(listener)
    listener.seq = seq
    listener.send(messages)
  }

  async function messagesOf(workspaceId: string, changes: Changes): Promise<Message[]> {
    const calls = await loadCalls(database, workspaceId, changes.callIds)
    return [
      ...calls.map((call) => ({ event: 'call', data: callResponse(call) })),
      ...changes.others.map(otherMessage),
      // A call's start and end move the line as well; its new place comes last, with the id.
      { ...(await balanceMessage(workspaceId)), id: changes.seq },
    ]
  }

  async function balanceMessage(workspaceId: string): Promise<Message> {
    const line = await readLine(database, workspaceId)
    const nowMs = clock.now()
    const balanceMs = balanceAt(line, nowMs)
    return {
      event: 'balance',
      data: { asOf: instantOf(nowMs), balance: amountOf(balanceMs), liveCalls: line.liveCalls },
    }
  }

  return {
    add(listener) {
      const listeners = byWorkspace.get(listener.workspaceId) ?? new Set()
      byWorkspace.set(listener.workspaceId, listeners.add(listener))
      ungreeted.add(listener)
      background.wake(listener.workspaceId)
    },
    remove(listener) {
      const listeners = byWorkspace.get(listener.workspaceId)
      listeners?.delete(listener)
      ungreeted.delete(listener)
      if (listeners?.size === 0) byWorkspace.delete(listener.workspaceId)
    },
    wake(workspaceIds) {
      for (const workspaceId of workspaceIds) if (byWorkspace.has(workspaceId)) background.wake(workspaceId)
    },
    async poll() {
      const watched = [...byWorkspace.keys()]
      if (watched.length === 0) return
      const seqs = await lastEventSeqs(database, watched)
      for (const [workspaceId, seq] of seqs) {
        const listeners = [...(byWorkspace.get(workspaceId) ?? [])]
        const isBehind = (listener: Listener) => listener.seq < seq || ungreeted.has(listener)
        if (listeners.some(isBehind)) background.wake(workspaceId)
      }
    },
    idle: background.idle,
    has: (workspaceId) => byWorkspace.has(workspaceId),
    get size() {
      let size = 0
      for (const listeners of byWorkspace.values()) size += listeners.size
      return size
    },
  }
}

const kindOfTopic: Readonly<Record<string, IdKind>> = {
  agent: 'agent',
  purchase: 'purchase',
  payment_method: 'paymentMethod',
  auto_reload: 'reloadAttempt',
  alert: 'alert',
  campaign: 'campaign',
}

/** It says that something is not what it was, and which; whoever shows it reads it anew. */
function otherMessage({ topic, id }: { topic: string; id: string | null }): Message {
  const kind = kindOfTopic[topic]
  return { event: topic, data: id === null || kind === undefined ? {} : { id: publicId(kind, id) } }
}
