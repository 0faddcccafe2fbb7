import { setTimeout as pause } from 'node:timers/promises'
import { findNextCrossing, isBelowReloadThreshold } from '@talktime/core/billing/threshold-crossings'
import { type Ledger, type LineRow, readLines, type WorkspaceCommit } from '../ledger/index.ts'
import { createBackground } from '../platform/background.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import { type AppliedCrossings, applyCrossings } from './apply-crossings.ts'
import type { Consequences } from './consequences.ts'
import { createSchedule, type Due } from './schedule.ts'
import { type ComingLine, findComing, findDue } from './watch-store.ts'

/** Acts at the instant at which a balance reaches zero, becomes low, falls below auto-reload's threshold, or returns. */
export type CreditWatch = {
  /** These lines were committed by this process: it knows now when they cross. Costs next to nothing. */
  observe(lines: readonly LineRow[]): void
  /** Takes up what will be due soon, whoever committed it. Call it at the start and every half minute. */
  lookAhead(): Promise<void>
  /** Takes up what is due and nobody acted on: its process died. Call it at the start and every second. */
  sweep(): Promise<void>
  /** Does everything that is due now, and returns when it is done. */
  runDue(): Promise<void>
  /** Begins nothing more and waits for what is under way. */
  close(): Promise<void>
}

export type CreditWatchDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'catchUp'>
  readonly commits: Commits<WorkspaceCommit>
  readonly consequences: Consequences
  /** Opens what crossings are acted on over; by default a connection of its own to the database. */
  readonly openPipeline?: (() => Pipeline) | undefined
  /** The balances of these workspaces are below what auto-reload waits for. */
  readonly onBelow: (workspaceIds: readonly string[]) => void
  /** How long after a balance crossed, or after that could be known, everything that follows was committed. */
  readonly onActed?: ((latenessMs: number) => void) | undefined
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}

/** How far ahead this process keeps in mind what will be due. It looks further ahead well before that is over. */
const HORIZON_MS = 60_000
/** How many workspaces are acted on in one transaction: others wait for their locks meanwhile. */
const BATCH_MAX = 50
/**
 * Lines that somebody else held are looked at again so much later, and after twice as long each time: mostly it was
 * another process, and it is done.
 */
const HELD_MS = 10
const HELD_MS_MAX = 200
/** How many missed crossings one sweep takes up. */
const SWEEP_MAX = 10_000
/** A sweep reads every line. However many there are, it takes no more than this share of the time. */
const SWEEP_SHARE = 0.05

/**
 * The process that commits a change knows the line from there on, so it keeps in memory when that will cross next, and
 * sleeps until then. Nothing else depends on that memory: every process takes up regularly what will be due soon, and
 * finds each second what was missed, so that one that dies is replaced by the others, or by its next start.
 */
export function createCreditWatch(deps: CreditWatchDeps): CreditWatch {
  const { database, clock, ledger, commits, onError } = deps
  // Its own, so that it waits for nobody's.
  const pipeline = (deps.openPipeline ?? (() => openPipeline(database.connection)))()
  const schedule = createSchedule()
  const atBoundary = new Set<string>()
  const background = createBackground({ onError })
  let acting = false
  let passing = false
  let timer: NodeJS.Timeout | undefined
  let armedForMs = Number.POSITIVE_INFINITY
  let sweepAgainAtMs = 0
  commits.subscribe((committed) => put(committed.map(({ line }) => line)))

  function put(lines: readonly ComingLine[]): void {
    const nowMs = clock.now()
    const below: string[] = []
    for (const line of lines) {
      const isBelow = isBelowReloadThreshold(line, nowMs)
      if (isBelow) below.push(line.workspaceId)
      // Auto-reload has heard of its threshold then, and says so on the line in a moment.
      const dueMs = dueMsOf(isBelow ? { ...line, reloadBelowMs: null } : line, nowMs)
      const isNear = dueMs !== null && dueMs <= nowMs + HORIZON_MS
      schedule.put(line.workspaceId, line.eventSeq, isNear ? dueMs : null)
    }
    if (below.length > 0) deps.onBelow(below)
    arm()
  }

  /** Sleeps until something may be due. */
  function arm(): void {
    if (background.isClosed || acting) return
    const nextMs = schedule.nextMs()
    if (nextMs === null || nextMs >= armedForMs) return
    clearTimeout(timer)
    armedForMs = nextMs
    // A timer holds 24 days; whoever wakes early sleeps again.
    timer = setTimeout(wake, Math.min(Math.max(0, nextMs - clock.now()), HORIZON_MS))
  }

  function wake(): void {
    armedForMs = Number.POSITIVE_INFINITY
    if (!acting && !background.isClosed) background.run(actOnDue())
  }

  async function actOnDue(): Promise<void> {
    acting = true
    try {
      for (;;) {
        const due = schedule.take(clock.now(), BATCH_MAX)
        if (due.length === 0 || background.isClosed) return
        await actOn(due)
      }
    } finally {
      acting = false
      arm()
    }
  }

  /** One that fails spoils no other; what is left undone, a sweep finds again. */
  async function actOn(due: readonly Due[], heldMs = HELD_MS): Promise<void> {
    try {
      await actTogether(due, heldMs)
    } catch (together) {
      const failures: unknown[] = due.length === 1 ? [together] : []
      for (const one of due.length === 1 ? [] : due) {
        await actTogether([one], heldMs).catch((error: unknown) => failures.push(error))
      }
      if (failures.length === 1) onError(failures[0])
      if (failures.length < 2) return
      const text = `${failures.length} of ${due.length} balances that crossed were not acted on`
      onError(new AggregateError(failures, text))
    }
  }

  async function actTogether(due: readonly Due[], heldMs: number): Promise<void> {
    const workspaceIds = due.map(({ workspaceId }) => workspaceId)
    const acted = await applyCrossings(pipeline, deps.consequences, workspaceIds, clock.now())
    finish(due, acted)
    if (acted.held.length === 0) return
    const held = new Set(acted.held)
    const left = due.filter(({ workspaceId }) => held.has(workspaceId))
    background.run(actOnHeld(left, heldMs))
  }

  /** Processes that wake at the same moment share what is due: each takes what the others do not hold. */
  async function actOnHeld(due: readonly Due[], afterMs: number): Promise<void> {
    await pause(afterMs)
    if (background.isClosed) return
    const lines = await readLines(
      database,
      due.map(({ workspaceId }) => workspaceId),
    )
    const nowMs = clock.now()
    const left = new Set(lines.filter((line) => isDue(line, nowMs)).map(({ workspaceId }) => workspaceId))
    put(lines.filter(({ workspaceId }) => !left.has(workspaceId)))
    const stillDue = due.filter(({ workspaceId }) => left.has(workspaceId))
    if (stillDue.length > 0) await actOn(stillDue, Math.min(2 * afterMs, HELD_MS_MAX))
  }

  function finish(due: readonly Due[], acted: AppliedCrossings): void {
    commits.publish(acted.commits)
    measure(due, acted)
    put(acted.lines)
    for (const workspaceId of acted.atBoundary) atBoundary.add(workspaceId)
    if (atBoundary.size > 0 && !passing) background.run(passBoundaries())
  }

  function measure(due: readonly Due[], { crossedAtMs }: AppliedCrossings): void {
    const nowMs = clock.now()
    for (const { workspaceId, dueMs } of due) {
      const atMs = crossedAtMs.get(workspaceId)
      if (atMs !== undefined) deps.onActed?.(nowMs - Math.max(atMs, dueMs))
    }
  }

  /** Beside everything else: a month's first midnight may be the boundary of many, and each takes its time. */
  async function passBoundaries(): Promise<void> {
    passing = true
    try {
      for (const workspaceId of atBoundary) {
        atBoundary.delete(workspaceId)
        if (background.isClosed) return
        await ledger.catchUp([workspaceId]).catch(onError)
      }
    } finally {
      passing = false
    }
  }

  async function sweepNow(): Promise<void> {
    for (const { workspaceId, eventSeq } of await findDue(database, clock.now(), SWEEP_MAX)) {
      schedule.put(workspaceId, eventSeq, 0)
    }
    arm()
  }

  return {
    observe: put,
    async lookAhead() {
      put(await findComing(database, clock.now() + HORIZON_MS))
    },
    async sweep() {
      const startedMs = performance.now()
      if (startedMs < sweepAgainAtMs) return
      await sweepNow()
      const tookMs = performance.now() - startedMs
      sweepAgainAtMs = startedMs + tookMs / SWEEP_SHARE
    },
    async runDue() {
      await background.idle()
      await sweepNow()
      wake()
      await background.idle()
    },
    async close() {
      clearTimeout(timer)
      await background.close()
      await pipeline.close()
    },
  }
}

function isDue(line: ComingLine, nowMs: number): boolean {
  const dueMs = dueMsOf(line, nowMs)
  return dueMs !== null && dueMs <= nowMs
}

/** When something is to be done about the line: a crossing, or a boundary. */
function dueMsOf(line: ComingLine, nowMs: number): number | null {
  const crossingMs = findNextCrossing(line, nowMs)
  const { nextBoundaryMs } = line
  if (crossingMs === null || nextBoundaryMs === null) return crossingMs ?? nextBoundaryMs
  return Math.min(crossingMs, nextBoundaryMs)
}
