import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import type { CallOutcome } from '../../calls/index.ts'
import { type LineRow, readLine } from '../../ledger/index.ts'
import { invariant } from '../../platform/problem.ts'
import type { YearCaretaker } from './year-actor.ts'
import type { TimedCommand } from './year-commands.ts'
import type { YearWorld } from './year-world.ts'

export type YearPlay = {
  readonly world: YearWorld
  readonly workspaceId: string
  readonly endsAtMs: number
  readonly commands: readonly TimedCommand[]
  readonly caretaker: YearCaretaker
  /** How many commands may go together at most. */
  readonly commandsAtOnceMax?: number
  /** Aborted: the year is left unfinished, with an error. */
  readonly signal: AbortSignal
}

/**
 * Gives the commands to the product in their order, under a clock that is set to their time, with every reset and
 * expiry, and everything the caretaker does, in between; all in the one transaction.
 */
export async function playYear(play: YearPlay): Promise<void> {
  const { world, workspaceId, commands, caretaker, endsAtMs, signal } = play
  const { tx, clock, ledger, engine } = world
  const state = { live: new Set<string>(), refused: new Set<string>() }

  const waiting = (done: number) => commands.slice(done, done + (play.commandsAtOnceMax ?? 500))

  for (let done = 0; ; ) {
    signal.throwIfAborted()
    const line = await readLine(tx, workspaceId)
    const nextAtMs = commands[done]?.atMs ?? endsAtMs
    const boundaryMs = line.nextBoundaryMs ?? Number.POSITIVE_INFINITY
    const dueAtMs = caretaker.dueAtMs(line) ?? Number.POSITIVE_INFINITY
    if (boundaryMs <= Math.min(nextAtMs, dueAtMs)) {
      clock.set(boundaryMs)
      await ledger.catchUp([workspaceId])
      await caretaker.passedBoundary(clock.now())
      continue
    }
    if (dueAtMs <= nextAtMs) clock.set(Math.max(clock.now(), dueAtMs))
    if (await caretaker.look(line, clock.now())) continue
    if (done === commands.length) break
    const window = takeWindow(waiting(done), line, state.live, Math.min(boundaryMs, dueAtMs))
    done += window.length
    const sent = window.filter(({ command }) => !state.refused.has(callIdOf(command)))
    clock.set(window.at(-1)?.atMs ?? nextAtMs)
    if (sent.length === 0) continue
    const outcomes = await engine.submitBatch(sent.map(({ command }) => command))
    caretaker.hear(outcomes)
    for (const outcome of outcomes) note(state, outcome)
  }
  await engine.close()
}

const windowMsMax = 12 * 60 * 60_000
/** Late reports may charge this much at once. */
const reserveMs = 60 * MS_PER_CREDIT

/**
 * The commands that may go together, from the first one on and before `beforeMs`. A batch decides as of its end, where
 * every call that is still on has used more than it had when another rang; so it is only as long as the balance lasts in any
 * case, or stays above what auto-reload waits for, and shrinks to one command there. Nothing is decided otherwise than it
 * would be one by one.
 */
function takeWindow(
  commands: readonly TimedCommand[],
  line: LineRow,
  live: ReadonlySet<string>,
  beforeMs: number,
): TimedCommand[] {
  const window: TimedCommand[] = []
  const liveHere = new Set(live)
  const firstAtMs = commands[0]?.atMs ?? beforeMs
  const spareMs = balanceAt(line, firstAtMs) - (line.reloadBelowMs ?? 0) - reserveMs
  let liveMax = Math.max(1, live.size)
  for (const timed of commands) {
    const { atMs, command } = timed
    if (window.length > 0 && atMs >= beforeMs) break
    if (command.type === 'answer') liveHere.add(callIdOf(command))
    if (command.type === 'end' || command.type === 'reap') liveHere.delete(callIdOf(command))
    liveMax = Math.max(liveMax, liveHere.size)
    const lengthMs = atMs - firstAtMs
    if (window.length > 0 && (lengthMs > windowMsMax || lengthMs * liveMax > spareMs)) break
    window.push(timed)
    // A heartbeat is heard when the batch is decided, so it comes last.
    if (command.type === 'heartbeat') break
  }
  return window
}

function callIdOf(command: TimedCommand['command']): string {
  if (command.type === 'start') return command.callId
  invariant('callId' in command.target, 'The demo names its calls by their id')
  return command.target.callId
}

function note(state: { live: Set<string>; refused: Set<string> }, outcome: CallOutcome): void {
  invariant(outcome.outcome === 'call', 'The demo’s commands make sense to the product')
  const { id, facts } = outcome.call
  if (facts.refused) state.refused.add(id)
  if (facts.answeredAtMs !== null && facts.endedAtMs === null) state.live.add(id)
  else state.live.delete(id)
}
