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
import { type AlertFacts, loadAlertFacts } from './alert-facts-store.ts'
import { raiseLowAlert, raiseOutAlert, raiseReturnedAlert } from './alerts.ts'
import type { Consequences } from './consequences.ts'

/** What was done in some workspaces, and what is left to do. Workspaces are named by their UUIDs. */
export type AppliedCrossings = {
  /** The lines after the transaction, of the workspaces that were handled. */
  readonly lines: readonly LineRow[]
  readonly commits: readonly WorkspaceCommit[]
  /** Workspaces whose lines another transaction holds. Nothing was done in them. */
  readonly held: readonly string[]
  /** Workspaces whose boundary must be passed first. Nothing was done in them. */
  readonly atBoundary: readonly string[]
  /** When the balances crossed, in epoch milliseconds. */
  readonly crossedAtMs: ReadonlyMap<string, number>
}

/**
 * Acts on all crossings of these workspaces in one transaction: under the lines' locks, it changes their watch state, runs
 * the consequences and raises alerts. It may run any number of times, on several servers at once: the watch state says
 * which crossings are done.
 *
 * Lines that another transaction holds are skipped, so that one held line does not delay the other workspaces.
 */
export function applyCrossings(
  pipeline: Pipeline,
  consequences: Consequences,
  workspaceIds: readonly string[],
  nowMs: number,
): Promise<AppliedCrossings> {
  return pipeline.transaction(async (tx, commit) => {
    // The facts are loaded along with the locks, needed or not: that saves a round trip to the database.
    const [locked, facts] = await allOrFirstError([
      lockFreeWorkspaces(tx, workspaceIds),
      loadAlertFacts(tx, workspaceIds),
    ])
    const units = [...locked.values()]
    const atBoundary = units.filter(({ line }) => isAtBoundary(line, nowMs))
    const current = units.filter(({ line }) => !isAtBoundary(line, nowMs))
    const changes = current.flatMap((unit) => changeWatchState(unit, nowMs))
    await allOrFirstError(
      changes.map((change) => handleCrossings({ tx, consequences, facts, nowMs }, change)),
    )
    const written = writeUnits(tx, current, nowMs)
    const committed = commit()
    // COMMIT is sent along with the writes. If a write fails, both reject, and the write's error says why.
    committed.catch(() => {})
    await written
    await committed
    return {
      lines: current.map(({ line }) => line),
      commits: current.flatMap((unit) => readCommit(unit) ?? []),
      held: workspaceIds.filter((workspaceId) => !locked.has(workspaceId)),
      atBoundary: atBoundary.map(({ line }) => line.workspaceId),
      crossedAtMs: new Map(changes.flatMap(({ unit, crossings }) => listInstants(unit, crossings))),
    }
  })
}

type WatchChange = { readonly unit: WorkspaceUnit; readonly crossings: readonly Crossing[] }

/** Changes the watch state on a unit's line. Returns its crossings; an empty list if the watch state stays as it is. */
function changeWatchState(unit: WorkspaceUnit, nowMs: number): WatchChange[] {
  const { line } = unit
  const { crossings, watchState } = decideCrossings(line, nowMs)
  if (watchState.outSinceMs === line.outSinceMs && watchState.lowSinceMs === line.lowSinceMs) return []
  unit.line = { ...line, ...watchState }
  addEvent(unit, 'balance')
  return [{ unit, crossings }]
}

function listInstants({ line }: WorkspaceUnit, crossings: readonly Crossing[]): [string, number][] {
  return crossings.flatMap((crossing) =>
    crossing.kind === 'returned' ? [] : [[line.workspaceId, crossing.atMs]],
  )
}

type Context = {
  readonly tx: Tx
  readonly consequences: Consequences
  readonly facts: ReadonlyMap<string, AlertFacts>
  readonly nowMs: number
}

async function handleCrossings(context: Context, { unit, crossings }: WatchChange): Promise<void> {
  const { tx, consequences, nowMs } = context
  const { workspaceId } = unit.line
  const facts = context.facts.get(workspaceId)
  invariant(facts, 'A workspace with a balance line has a subscription')
  for (const crossing of crossings) {
    switch (crossing.kind) {
      case 'went_out': {
        const sentences = await consequences.onOut(tx, unit, crossing.atMs, nowMs)
        await raiseOutAlert(tx, unit, facts, { sentences, atMs: crossing.atMs }, nowMs)
        break
      }
      case 'returned': {
        const sentences = await consequences.onReturn(tx, unit, nowMs)
        await raiseReturnedAlert(tx, unit, facts, sentences, nowMs)
        break
      }
      case 'became_low':
        await raiseLowAlert(tx, unit, facts, crossing.atMs, nowMs)
        break
      default:
        assertNever(crossing)
    }
  }
}
