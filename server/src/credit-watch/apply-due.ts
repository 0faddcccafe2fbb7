import { setTimeout as wait } from 'node:timers/promises'
import { readLines } from '../ledger/index.ts'
import type { Background } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { Pipeline } from '../platform/database/pipeline.ts'
import { type AppliedCrossings, applyCrossings } from './apply-crossings.ts'
import type { Consequences } from './consequences.ts'
import type { Due } from './schedule.ts'
import { isDue, type UpcomingCrossings } from './upcoming-crossings.ts'

export type ApplyDueDeps = {
  readonly database: Queryable
  readonly clock: Clock
  readonly pipeline: Pipeline
  readonly consequences: Consequences
  readonly background: Pick<Background, 'run' | 'isClosed'>
  readonly upcoming: Pick<UpcomingCrossings, 'observe'>
  /** A transaction was committed, for the workspaces in `due`. */
  readonly onApplied: (due: readonly Due[], applied: AppliedCrossings) => void
  readonly onError: (error: unknown) => void
}

/**
 * Lines that another transaction held are looked at again after this long, then after twice as long each time. Mostly
 * another process held them to act on the crossing, and it is done by then.
 */
const HELD_MS = 10
const HELD_MS_MAX = 200

/**
 * Acts on what is due in these workspaces, in one transaction. If that fails, each workspace gets a transaction of its
 * own, so that one failure does not affect the others. A sweep finds what is left undone.
 */
export async function applyDue(deps: ApplyDueDeps, due: readonly Due[], heldMs = HELD_MS): Promise<void> {
  try {
    await applyTogether(deps, due, heldMs)
  } catch (error) {
    if (due.length === 1) deps.onError(error)
    else await applySeparately(deps, due, heldMs)
  }
}

async function applySeparately(deps: ApplyDueDeps, due: readonly Due[], heldMs: number): Promise<void> {
  const failures: unknown[] = []
  for (const one of due) {
    await applyTogether(deps, [one], heldMs).catch((error: unknown) => failures.push(error))
  }
  if (failures.length === 1) deps.onError(failures[0])
  if (failures.length < 2) return
  const text = `${failures.length} of ${due.length} balances that crossed were not acted on`
  deps.onError(new AggregateError(failures, text))
}

async function applyTogether(deps: ApplyDueDeps, due: readonly Due[], heldMs: number): Promise<void> {
  const { pipeline, consequences, clock, background, onApplied } = deps
  const workspaceIds = due.map(({ workspaceId }) => workspaceId)
  const applied = await applyCrossings(pipeline, consequences, workspaceIds, clock.now())
  onApplied(due, applied)
  if (applied.held.length === 0) return
  const held = new Set(applied.held)
  const left = due.filter(({ workspaceId }) => held.has(workspaceId))
  background.run(retryHeld(deps, left, heldMs))
}

/** Servers that wake at the same moment share what is due: each acts on the lines that the others do not hold. */
async function retryHeld(deps: ApplyDueDeps, due: readonly Due[], afterMs: number): Promise<void> {
  const { database, clock, background, upcoming } = deps
  await wait(afterMs)
  if (background.isClosed) return
  const workspaceIds = due.map(({ workspaceId }) => workspaceId)
  const lines = await readLines(database, workspaceIds)
  const nowMs = clock.now()
  const left = new Set(lines.filter((line) => isDue(line, nowMs)).map(({ workspaceId }) => workspaceId))
  upcoming.observe(lines.filter(({ workspaceId }) => !left.has(workspaceId)))
  const stillDue = due.filter(({ workspaceId }) => left.has(workspaceId))
  if (stillDue.length > 0) await applyDue(deps, stillDue, Math.min(2 * afterMs, HELD_MS_MAX))
}
