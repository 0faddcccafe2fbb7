import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { HOUR_MS } from '@talktime/core/time/durations'
import type { CallOutcome } from '../../calls/index.ts'
import { type LineRow, readLine } from '../../ledger/index.ts'
import { invariant } from '../../platform/problem.ts'
import type { YearActor } from './year-actor.ts'
import type { TimedCommand } from './year-commands.ts'
import type { YearWorld } from './year-world.ts'

export type YearPlay = {
  readonly world: YearWorld
  readonly workspaceId: string
  readonly endsAtMs: number
  /** In order of time. */
  readonly commands: readonly TimedCommand[]
  readonly actor: YearActor
  /** The largest number of commands in a batch. 500 by default. */
  readonly batchLengthMax?: number
  /** Aborting it makes `playYear` reject, with the year unfinished. */
  readonly signal: AbortSignal
}

/** The calls that the engine knows of, by their UUIDs. */
type CallState = { readonly live: Set<string>; readonly refused: Set<string> }

/**
 * Submits the commands to the call engine in order, each at its time on the virtual clock. Resets, expiries and the
 * actor's actions happen in between, at their own times. All of it happens in the world's transaction.
 */
export async function playYear(play: YearPlay): Promise<void> {
  const { world, workspaceId, commands, actor, endsAtMs, signal, batchLengthMax = 500 } = play
  const { tx, clock, ledger, engine } = world
  const state: CallState = { live: new Set(), refused: new Set() }

  for (let done = 0; ; ) {
    signal.throwIfAborted()
    const line = await readLine(tx, workspaceId)
    const nextAtMs = commands[done]?.atMs ?? endsAtMs
    const boundaryMs = line.nextBoundaryMs ?? Number.POSITIVE_INFINITY
    const dueAtMs = actor.findDueAtMs(line) ?? Number.POSITIVE_INFINITY
    if (boundaryMs <= Math.min(nextAtMs, dueAtMs)) {
      clock.set(boundaryMs)
      await ledger.catchUp([workspaceId])
      await actor.onBoundary()
      continue
    }
    if (dueAtMs <= nextAtMs) clock.set(Math.max(clock.now(), dueAtMs))
    if (await actor.act(line, clock.now())) continue
    if (done === commands.length) break
    const candidates = commands.slice(done, done + batchLengthMax)
    const batch = takeBatch(candidates, line, state.live, Math.min(boundaryMs, dueAtMs))
    done += batch.length
    const accepted = batch.filter(({ command }) => !state.refused.has(readCallId(command)))
    clock.set(batch.at(-1)?.atMs ?? nextAtMs)
    if (accepted.length === 0) continue
    const outcomes = await engine.submitBatch(accepted.map(({ command }) => command))
    actor.onOutcomes(outcomes)
    for (const outcome of outcomes) trackCall(state, outcome)
  }
  await engine.close()
}

const BATCH_MS_MAX = 12 * HOUR_MS
/** Credit kept in reserve for late reports, which charge a whole conversation at once. */
const RESERVE_MS = 60 * MS_PER_CREDIT

/**
 * Takes the commands that can be decided together: from the first one on, and before `beforeMs`.
 *
 * The engine decides a batch as of its end, when live calls have used more credit than they had when an earlier call of
 * the batch rang. A batch therefore covers only as much time as the balance certainly lasts, or certainly stays above
 * the threshold of auto-reload. Close to these, it shrinks to one command. Every decision is then the one that would be
 * made for the command alone.
 */
function takeBatch(
  commands: readonly TimedCommand[],
  line: LineRow,
  live: ReadonlySet<string>,
  beforeMs: number,
): TimedCommand[] {
  const batch: TimedCommand[] = []
  const liveInBatch = new Set(live)
  const firstAtMs = commands[0]?.atMs ?? beforeMs
  const spareMs = balanceAt(line, firstAtMs) - (line.reloadBelowMs ?? 0) - RESERVE_MS
  let liveMax = Math.max(1, live.size)
  for (const timed of commands) {
    const { atMs, command } = timed
    if (batch.length > 0 && atMs >= beforeMs) break
    if (command.type === 'answer') liveInBatch.add(readCallId(command))
    if (command.type === 'end' || command.type === 'reap') liveInBatch.delete(readCallId(command))
    liveMax = Math.max(liveMax, liveInBatch.size)
    const lengthMs = atMs - firstAtMs
    if (batch.length > 0 && (lengthMs > BATCH_MS_MAX || lengthMs * liveMax > spareMs)) break
    batch.push(timed)
    // A heartbeat counts from when its batch is decided, so it must be the last command.
    if (command.type === 'heartbeat') break
  }
  return batch
}

function readCallId(command: TimedCommand['command']): string {
  if (command.type === 'start') return command.callId
  invariant('callId' in command.target, 'The demo addresses its calls by their id')
  return command.target.callId
}

function trackCall(state: CallState, outcome: CallOutcome): void {
  invariant(outcome.outcome === 'call', 'The engine accepts all commands of the demo')
  const { id, facts } = outcome.call
  if (facts.refused) state.refused.add(id)
  if (facts.answeredAtMs !== null && facts.endedAtMs === null) state.live.add(id)
  else state.live.delete(id)
}
