import type { Ledger, WorkspaceCommit } from '../ledger/index.ts'
import { createBackground } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import type { AppliedCrossings } from './apply-crossings.ts'
import { type ApplyDueDeps, applyDue } from './apply-due.ts'
import type { Consequences } from './consequences.ts'
import type { Due } from './schedule.ts'
import { createUpcomingCrossings, HORIZON_MS } from './upcoming-crossings.ts'
import { findDueLines, findUpcomingLines } from './watch-store.ts'

/**
 * Acts at the instant at which a balance reaches zero, becomes low, falls below auto-reload's threshold, or has credit
 * again.
 */
export type CreditWatch = {
  /** Loads what will be due soon, whichever process committed it. Call it at the start and every half minute. */
  lookAhead(): Promise<void>
  /** Finds what is due and was not acted on, because its process died. Call it at the start and every second. */
  sweep(): Promise<void>
  /** Acts on everything that is due now, and resolves when that is done. */
  runDue(): Promise<void>
  /** Starts nothing more, and resolves when what is running has ended. */
  close(): Promise<void>
}

export type CreditWatchDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'catchUp'>
  readonly commits: Commits<WorkspaceCommit>
  readonly consequences: Consequences
  /** Opens the connection for acting on crossings. By default one of its own, so that it never waits for a free one. */
  readonly openPipeline?: (() => Pipeline) | undefined
  /** These workspaces' balances are below auto-reload's threshold. */
  readonly onBelow: (workspaceIds: readonly string[]) => void
  /** A crossing was acted on this long after it happened, or after it could be known. */
  readonly onActed?: ((latenessMs: number) => void) | undefined
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}

/** The most workspaces of one transaction. While it runs, other changes of them wait for its locks. */
const BATCH_MAX = 50
/** The most missed crossings that one sweep finds. */
const SWEEP_MAX = 10_000
/** A sweep reads every line. Sweeps take no more than this share of the time, however many lines there are. */
const SWEEP_SHARE = 0.05

/** The keys of the background worker. */
const DUE = 'due'
const BOUNDARIES = 'boundaries'

/**
 * Creates the credit watch of a process.
 *
 * The process that commits a change knows the line from then on. It keeps in memory when the line crosses next, and
 * sleeps until then. Nothing depends on that memory: every process regularly loads what will be due soon and finds what
 * was missed, so a process that dies is replaced by the others, or by its next start.
 */
export function createCreditWatch(deps: CreditWatchDeps): CreditWatch {
  const { database, clock, ledger, commits, onError } = deps
  const pipeline = (deps.openPipeline ?? (() => openPipeline(database)))()
  const background = createBackground<string>({
    onError,
    work: (key, workspaceIds) => (key === DUE ? applyAllDue() : passBoundaries(workspaceIds)),
  })
  const upcoming = createUpcomingCrossings({
    clock,
    onDue: () => background.wake(DUE),
    onBelow: deps.onBelow,
  })
  const applyDeps: ApplyDueDeps = { ...deps, pipeline, background, upcoming, onApplied: finish }
  const sweep = createSweep(async () => {
    upcoming.addMissed(await findDueLines(database, clock.now(), SWEEP_MAX))
  })
  commits.subscribe((committed) => upcoming.observe(committed.map(({ line }) => line)))

  async function applyAllDue(): Promise<void> {
    try {
      for (let due = upcoming.take(BATCH_MAX); due.length > 0; due = upcoming.take(BATCH_MAX)) {
        if (background.isClosed) return
        await applyDue(applyDeps, due)
      }
    } finally {
      upcoming.arm()
    }
  }

  function finish(due: readonly Due[], applied: AppliedCrossings): void {
    commits.publish(applied.commits)
    for (const latenessMs of measureLateness(due, applied, clock.now())) deps.onActed?.(latenessMs)
    upcoming.observe(applied.lines)
    if (applied.atBoundary.length > 0) background.wake(BOUNDARIES, ...applied.atBoundary)
  }

  /** Beside everything else: the first midnight of a month is the boundary of many workspaces, and each takes a while. */
  async function passBoundaries(workspaceIds: readonly string[]): Promise<void> {
    for (const workspaceId of new Set(workspaceIds)) {
      if (background.isClosed) return
      await ledger.catchUp([workspaceId]).catch(onError)
    }
  }

  return {
    sweep: sweep.runIfAllowed,
    async lookAhead() {
      upcoming.observe(await findUpcomingLines(database, clock.now() + HORIZON_MS))
    },
    async runDue() {
      await background.idle()
      await sweep.run()
      background.wake(DUE)
      await background.idle()
    },
    async close() {
      upcoming.stop()
      await background.close()
      await pipeline.close()
    },
  }
}

/** Limits `run` to a share of the time: after a run, `runIfAllowed` does nothing for a multiple of what the run took. */
function createSweep(run: () => Promise<void>) {
  let nextAtMs = 0
  return {
    run,
    async runIfAllowed(): Promise<void> {
      const startedMs = performance.now()
      if (startedMs < nextAtMs) return
      await run()
      const tookMs = performance.now() - startedMs
      nextAtMs = startedMs + tookMs / SWEEP_SHARE
    },
  }
}

/** Measures how late each crossing was acted on, in milliseconds. */
function measureLateness(
  due: readonly Due[],
  { crossedAtMs }: AppliedCrossings,
  nowMs: number,
): readonly number[] {
  return due.flatMap(({ workspaceId, dueMs }) => {
    const atMs = crossedAtMs.get(workspaceId)
    return atMs === undefined ? [] : [nowMs - Math.max(atMs, dueMs)]
  })
}
