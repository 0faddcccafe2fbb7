import { findNextCrossing, isBelowReloadThreshold } from '@talktime/core/billing/threshold-crossings'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Clock } from '../platform/clock.ts'
import { createSchedule, type Due } from './schedule.ts'
import type { DueLine, WatchedRow } from './watch-store.ts'

/** How far ahead a process keeps crossings in memory. It must look ahead again well before this is over. */
export const HORIZON_MS = MINUTE_MS

/** The crossings and boundaries that this process expects soon, with a timer for the next. */
export type UpcomingCrossings = {
  /** Takes note of lines as they are now. Cheap: it runs with every commit of this process. */
  observe(lines: readonly WatchedRow[]): void
  /** Takes note of lines that were due and missed. */
  addMissed(lines: readonly DueLine[]): void
  /** Removes the workspaces that are due now, at most `limit`, and returns them longest due first. */
  take(limit: number): Due[]
  /** Sets the timer for the next workspace. Call it after taking everything that is due. */
  arm(): void
  /** Stops the timer for good. */
  stop(): void
}

export type UpcomingCrossingsDeps = {
  readonly clock: Clock
  /** A workspace may be due now. */
  readonly onDue: () => void
  /** These workspaces' balances are below auto-reload's threshold. */
  readonly onBelow: (workspaceIds: readonly string[]) => void
}

export function createUpcomingCrossings({ clock, onDue, onBelow }: UpcomingCrossingsDeps): UpcomingCrossings {
  const schedule = createSchedule()
  let timer: NodeJS.Timeout | undefined
  let armedForMs: number | null = null
  let isStopped = false

  function arm(): void {
    const nextMs = schedule.nextMs()
    if (isStopped || nextMs === null || nextMs === armedForMs) return
    clearTimeout(timer)
    armedForMs = nextMs
    // A timer holds 24 days at most. If it fires early, nothing is due and it is set again.
    timer = setTimeout(fire, Math.min(Math.max(0, nextMs - clock.now()), HORIZON_MS))
  }

  function fire(): void {
    armedForMs = null
    onDue()
  }

  return {
    arm,
    observe(lines) {
      const nowMs = clock.now()
      const below: string[] = []
      for (const line of lines) {
        const isBelow = isBelowReloadThreshold(line, nowMs)
        if (isBelow) below.push(line.workspaceId)
        // Auto-reload is woken for it and soon records that on the line. Until then it is not due again.
        const dueMs = findDueMs(isBelow ? { ...line, reloadBelowMs: null } : line, nowMs)
        const isNear = dueMs !== null && dueMs <= nowMs + HORIZON_MS
        schedule.put(line.workspaceId, line.eventSeq, isNear ? dueMs : null)
      }
      if (below.length > 0) onBelow(below)
      arm()
    },
    addMissed(lines) {
      for (const { workspaceId, eventSeq } of lines) schedule.put(workspaceId, eventSeq, 0)
      arm()
    },
    take: (limit) => schedule.take(clock.now(), limit),
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Whether a crossing or a boundary of the line is due at `nowMs`. */
export function isDue(line: WatchedRow, nowMs: number): boolean {
  const dueMs = findDueMs(line, nowMs)
  return dueMs !== null && dueMs <= nowMs
}

/** Finds when a crossing or a boundary of the line is next due. null: never, if nothing else happens. */
function findDueMs(line: WatchedRow, nowMs: number): number | null {
  const crossingMs = findNextCrossing(line, nowMs)
  const { nextBoundaryMs } = line
  if (crossingMs === null || nextBoundaryMs === null) return crossingMs ?? nextBoundaryMs
  return Math.min(crossingMs, nextBoundaryMs)
}
