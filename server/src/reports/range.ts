import { findLocalDayBounds, listLocalDates } from '@talktime/core/time/local-day'
import {
  type ChartUnit,
  chooseChartUnit,
  computePreviousWindow,
  type DateRange,
  findBucketStart,
} from '@talktime/core/time/usage-window'
import type { Splits } from '../costs/price-change-days.ts'
import { type Cost, readCost } from '../costs/window-cost.ts'
import { readLine } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type AgentUse, type DayRow, readAgents, readDays } from '../usage/usage-days.ts'
import type { UsageWindow } from './window.ts'

/** Milliseconds of talk time, and in how many calls. */
export type Use = { readonly usedMs: number; readonly calls: number }

export type DayUse = Use & { readonly date: string }

/** The usage of a window. Days add up to the total, and so do agents, and the chart's buckets. */
export type RangeUsage = {
  readonly total: Use
  /** Each day of the window. */
  readonly days: readonly DayUse[]
  /** Each agent, the highest first. */
  readonly agents: readonly AgentUse[]
  readonly chart: { readonly unit: ChartUnit; readonly buckets: readonly (DateRange & Use)[] }
  /** The window of the same length before it; null where there can be nothing before. */
  readonly previous: (DateRange & Use) | null
  readonly cost: Cost
  /** What had to be reckoned for the cost, to be kept for the next reader. */
  readonly splits: Splits['fresh']
  /** When the last call ended that counts, in the window or not; null: none has. */
  readonly lastUsedAtMs: number | null
}

/** Read it in one snapshot. */
export async function readRange(
  db: Queryable,
  workspaceId: string,
  window: UsageWindow,
): Promise<RangeUsage> {
  const before = window.preset === 'all' ? null : computePreviousWindow(window)
  const [rows, agents, lastUsedAtMs, line] = await Promise.all([
    readDays(db, workspaceId, window, { from: before?.from ?? window.from, to: window.to }),
    readAgents(db, workspaceId, window),
    lastUsed(db, workspaceId, window),
    readLine(db, workspaceId),
  ])
  const inWindow = rows.filter(({ date }) => date >= window.from)
  const days = everyDay(window, inWindow)
  const { cost, splits } = await readCost(db, line, window, inWindow)
  return {
    total: sumOf(days),
    days,
    agents,
    chart: chartOf(window, days),
    previous: before && { ...before, ...sumOf(rows.filter(({ date }) => date < window.from)) },
    cost,
    splits,
    lastUsedAtMs,
  }
}

export function sumOf(uses: readonly Use[]): Use {
  return uses.reduce(
    (sum, use) => ({ usedMs: sum.usedMs + use.usedMs, calls: sum.calls + use.calls }),
    nothing,
  )
}

const nothing: Use = { usedMs: 0, calls: 0 }

type Whose = Pick<UsageWindow, 'timeZone' | 'agentId'>

function everyDay(window: UsageWindow, used: readonly DayRow[]): DayUse[] {
  const known = new Map(used.map(({ date, usedMs, calls }) => [date, { date, usedMs, calls }]))
  return listLocalDates(window.from, window.to, window.timeZone).map(
    (date) => known.get(date) ?? { date, ...nothing },
  )
}

function chartOf(window: UsageWindow, days: readonly DayUse[]): RangeUsage['chart'] {
  const unit = chooseChartUnit(window)
  const buckets = new Map<string, DayUse[]>()
  for (const day of days) {
    const start = findBucketStart(day.date, unit)
    buckets.set(start, [...(buckets.get(start) ?? []), day])
  }
  return {
    unit,
    buckets: [...buckets.values()].map((of) => ({
      from: of[0]?.date ?? window.from,
      to: of.at(-1)?.date ?? window.to,
      ...sumOf(of),
    })),
  }
}

/** When the last call ended that counts. The roll-ups say on which day; its calls are looked through from the end. */
export async function lastUsed(
  db: Queryable,
  workspaceId: string,
  { timeZone, agentId }: Whose,
): Promise<number | null> {
  const { rows: days } = await db.query<{ day: string }>({
    name: 'usage_last_day',
    text: `
      select day::text from usage_days
      where workspace_id = $1 and time_zone = $2 and calls > 0 and ($3::uuid is null or agent_id = $3)
      order by usage_days.day desc limit 1`,
    values: [workspaceId, timeZone, agentId],
  })
  if (days[0] === undefined) return null
  const { startsAtMs, endsAtMs } = findLocalDayBounds(days[0].day, timeZone)
  const { rows } = await db.query<{ atMs: number }>({
    name: 'usage_last_call',
    text: `
      select ended_at_ms as "atMs" from calls
      where workspace_id = $1 and ended_at_ms >= $2 and ended_at_ms < $3 and answered_at_ms is not null
        and ($4::uuid is null or agent_id = $4)
      order by ended_at_ms desc limit 1`,
    values: [workspaceId, startsAtMs, endsAtMs, agentId],
  })
  return rows[0]?.atMs ?? null
}
