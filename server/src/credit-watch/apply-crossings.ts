import { type Crossing, decideCrossings } from '@talktime/core/billing/threshold-crossings'
import { assertNever } from '@talktime/core/exhaustive'
import {
  addEvent,
  isAtBoundary,
  type LineRow,
  lockFreeWorkspaces,
  readCommit,
  type WorkspaceCommit,
  type WorkspaceUnit,
  writeUnits,
} from '../ledger/index.ts'
import { allOrFirstError } from '../platform/database/all-or-first-error.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Pipeline } from '../platform/database/pipeline.ts'
import { invariant } from '../platform/problem.ts'
import { type AlertFacts, loadAlertFacts, tellLow, tellOut, tellReturned } from './alerts.ts'
import type { Consequences } from './consequences.ts'

/** What was found of some workspaces, and what is left to do outside of the transaction. Workspaces by their UUIDs. */
export type AppliedCrossings = {
  /** The lines as they are now. */
  readonly lines: readonly LineRow[]
  /** What was committed. */
  readonly commits: readonly WorkspaceCommit[]
  /** Somebody else holds their lines: nothing was done. */
  readonly held: readonly string[]
  /** A boundary comes first: nothing was done about the crossings of these. */
  readonly atBoundary: readonly string[]
  /** The instants at which the balances crossed. */
  readonly crossedAtMs: ReadonlyMap<string, number>
}

/**
 * Does in one transaction what is to be done in these workspaces: decides under their locks, marks their lines and has
 * the consequences carried out. As often as you like, also by several servers: a crossing that is marked is done.
 *
 * Lines that somebody else holds are not waited for: whoever holds one for long must not keep all others waiting.
 */
export function applyCrossings(
  pipeline: Pipeline,
  consequences: Consequences,
  workspaceIds: readonly string[],
  nowMs: number,
): Promise<AppliedCrossings> {
  return pipeline.transaction(async (tx, commit) => {
    // Known before anybody needs it, it costs no way to the database and back of its own.
    const [locked, facts] = await allOrFirstError([
      lockFreeWorkspaces(tx, workspaceIds),
      loadAlertFacts(tx, workspaceIds),
    ])
    const units = [...locked.values()]
    const atBoundary = units.filter(({ line }) => isAtBoundary(line, nowMs))
    const current = units.filter(({ line }) => !isAtBoundary(line, nowMs))
    const moves = current.flatMap((unit) => movesOf(unit, nowMs))
    await allOrFirstError(moves.map((move) => carryOutIn({ tx, consequences, facts, nowMs }, move)))
    const written = writeUnits(tx, current, nowMs)
    const committed = commit()
    // Sent along with the writes. Where it fails because one of them did, theirs is the error that says why.
    committed.catch(() => {})
    await written
    await committed
    return {
      lines: current.map(({ line }) => line),
      commits: current.flatMap((unit) => readCommit(unit) ?? []),
      held: workspaceIds.filter((workspaceId) => !locked.has(workspaceId)),
      atBoundary: atBoundary.map(({ line }) => line.workspaceId),
      crossedAtMs: new Map(moves.flatMap(({ unit, crossings }) => crossedAt(unit, crossings))),
    }
  })
}

type Move = { readonly unit: WorkspaceUnit; readonly crossings: readonly Crossing[] }

/** The unit with its new marks, where they are not what they were. */
function movesOf(unit: WorkspaceUnit, nowMs: number): Move[] {
  const { line } = unit
  const { crossings, watchState } = decideCrossings(line, nowMs)
  if (watchState.outSinceMs === line.outSinceMs && watchState.lowSinceMs === line.lowSinceMs) return []
  unit.line = { ...line, ...watchState }
  addEvent(unit, 'balance')
  return [{ unit, crossings }]
}

function crossedAt({ line }: WorkspaceUnit, crossings: readonly Crossing[]): [string, number][] {
  return crossings.flatMap((one) => (one.kind === 'returned' ? [] : [[line.workspaceId, one.atMs]]))
}

type Context = {
  readonly tx: Tx
  readonly consequences: Consequences
  readonly facts: ReadonlyMap<string, AlertFacts>
  readonly nowMs: number
}

async function carryOutIn(context: Context, { unit, crossings }: Move): Promise<void> {
  const { tx, consequences, nowMs } = context
  const { workspaceId } = unit.line
  const facts = context.facts.get(workspaceId)
  invariant(facts, 'A workspace with a balance line has a subscription')
  for (const crossing of crossings) {
    switch (crossing.kind) {
      case 'went_out': {
        const done = await consequences.wentOut(tx, unit, crossing.atMs, nowMs)
        await tellOut(tx, unit, facts, { ...done, atMs: crossing.atMs }, nowMs)
        break
      }
      case 'returned': {
        const done = await consequences.returned(tx, unit, nowMs)
        await tellReturned(tx, unit, facts, done, nowMs)
        break
      }
      case 'became_low':
        await tellLow(tx, unit, facts, crossing.atMs, nowMs)
        break
      default:
        assertNever(crossing)
    }
  }
}
