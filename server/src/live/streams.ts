import { balanceAt } from '@talktime/core/balance-line'
import { callBody, loadCalls } from '../calls/index.ts'
import { readLine } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { amountOf, instantOf } from '../platform/http/amount.ts'
import { type IdKind, publicId } from '../platform/ids.ts'
import { changesAfter, lastEventSeqs } from './feed.ts'

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
  readonly size: number
}

/**
 * Tells listeners what happened in their workspace. Commits of this process wake them at once; those of others are
 * found by one cheap query for all watched workspaces. NOTIFY would be quicker by a fraction of a second, but every
 * commit of the hot path would queue for its lock, whether someone watches or not.
 */
export function createStreams(parts: {
  database: Database
  clock: Clock
  onError: (error: unknown) => void
}): Streams {
  const { database, clock } = parts
  const byWorkspace = new Map<string, Set<Listener>>()
  const looking = new Set<string>()
  const again = new Set<string>()

  async function look(workspaceId: string): Promise<void> {
    if (looking.has(workspaceId)) {
      again.add(workspaceId)
      return
    }
    looking.add(workspaceId)
    try {
      do {
        again.delete(workspaceId)
        for (const listener of byWorkspace.get(workspaceId) ?? []) await catchUp(listener)
      } while (again.has(workspaceId))
    } catch (error) {
      parts.onError(error)
    } finally {
      looking.delete(workspaceId)
    }
  }

  async function catchUp(listener: Listener): Promise<void> {
    for (;;) {
      const changes = await changesAfter(database, listener.workspaceId, listener.seq)
      if (changes === 'nothing') return
      if (changes === 'forgotten') {
        const seq = (await lastEventSeqs(database, [listener.workspaceId])).get(listener.workspaceId)
        if (seq === undefined) return
        listener.seq = seq
        listener.send([
          { event: 'reset', data: {} },
          { ...(await balanceMessage(listener.workspaceId)), id: seq },
        ])
        return
      }
      listener.seq = changes.seq
      const calls = await loadCalls(database, listener.workspaceId, changes.callIds)
      const messages: Message[] = calls.map((call) => ({ event: 'call', data: callBody(call) }))
      messages.push(...changes.others.map(otherMessage))
      // A call's start and end move the line as well; its new place comes last, with the id.
      messages.push({ ...(await balanceMessage(listener.workspaceId)), id: changes.seq })
      listener.send(messages)
    }
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
      balanceMessage(listener.workspaceId)
        .then((message) => {
          listener.send([{ ...message, id: listener.seq }])
          return look(listener.workspaceId)
        })
        .catch(parts.onError)
    },
    remove(listener) {
      const listeners = byWorkspace.get(listener.workspaceId)
      listeners?.delete(listener)
      if (listeners?.size === 0) byWorkspace.delete(listener.workspaceId)
    },
    wake(workspaceIds) {
      for (const workspaceId of workspaceIds) if (byWorkspace.has(workspaceId)) void look(workspaceId)
    },
    async poll() {
      const watched = [...byWorkspace.keys()]
      if (watched.length === 0) return
      const seqs = await lastEventSeqs(database, watched)
      for (const [workspaceId, seq] of seqs) {
        const behind = [...(byWorkspace.get(workspaceId) ?? [])].some((listener) => listener.seq < seq)
        if (behind) void look(workspaceId)
      }
    },
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
}

/** It says that something is not what it was, and which; whoever shows it reads it anew. */
function otherMessage({ topic, id }: { topic: string; id: string | null }): Message {
  const kind = kindOfTopic[topic]
  return { event: topic, data: id === null || kind === undefined ? {} : { id: publicId(kind, id) } }
}
