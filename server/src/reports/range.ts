import { listLocalDates } from '@talktime/core/time/local-day'
import {
  type ChartUnit,
  chooseChartUnit,
  computePreviousWindow,
  type DateRange,
  findBucketStart,
} from '@talktime/core/time/usage-window'
import { type PriceSplit, readWindowCost, type WindowCost } from '../costs/index.ts'
import { readLine } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { readUsageDays, type UsageDay } from '../usage/index.ts'
import { type AgentUsage, readAgentUsage } from './agent-usage-store.ts'
import { readLastUsedAtMs } from './last-used-store.ts'
import { NO_USAGE, sumUsage, type UsageTotal } from './usage-total.ts'
import type { ReportWindow } from './window.ts'

export type DayUsage = UsageTotal & { readonly date: string }

/** The usage of a window. The days, the agents, and the buckets of the chart each add up to the total. */
export type RangeUsage = {
  readonly total: UsageTotal
  /** Each day of the window. */
  readonly days: readonly DayUsage[]
  /** Each agent, the highest first. */
  readonly agents: readonly AgentUsage[]
  readonly chart: { readonly unit: ChartUnit; readonly buckets: readonly (DateRange & UsageTotal)[] }
  /** The window of as many days right before this one; null for `all`, before which there is nothing. */
  readonly previous: (DateRange & UsageTotal) | null
  readonly cost: WindowCost
  /** Price splits that were computed for the cost. Save them after the snapshot with `savePriceSplits`. */
  readonly splits: readonly PriceSplit[]
  /** When the last call that counts ended, in the window or not; null: no call counts. */
  readonly lastUsedAtMs: number | null
}

/** Reads the usage of a window. Call it in one snapshot, so that everything agrees. */
export async function readRange(
  db: Queryable,
  workspaceId: string,
  window: ReportWindow,
): Promise<RangeUsage> {
  const previous = window.preset === 'all' ? null : computePreviousWindow(window)
  const [used, agents, lastUsedAtMs, line] = await Promise.all([
    readUsageDays(db, workspaceId, { ...window, from: previous?.from ?? window.from }),
    readAgentUsage(db, workspaceId, window),
    readLastUsedAtMs(db, workspaceId, window),
    readLine(db, workspaceId),
  ])
  const inWindow = used.filter(({ date }) => date >= window.from)
  const before = used.filter(({ date }) => date < window.from)
  const days = fillDays(window, inWindow)
  const { cost, splits } = await readWindowCost(db, line, window, inWindow)
  return {
    total: sumUsage(days),
    days,
    agents,
    chart: buildChart(window, days),
    previous: previous && { ...previous, ...sumUsage(before) },
    cost,
    splits,
    lastUsedAtMs,
  }
}

/** Lists each day of the window, also those on which nothing was used. */
function fillDays(window: ReportWindow, used: readonly UsageDay[]): DayUsage[] {
  const known = new Map(used.map(({ date, usedMs, calls }) => [date, { date, usedMs, calls }]))
  return listLocalDates(window.from, window.to, window.timeZone).map(
    (date) => known.get(date) ?? { date, ...NO_USAGE },
  )
}

function buildChart(window: ReportWindow, days: readonly DayUsage[]): RangeUsage['chart'] {
  const unit = chooseChartUnit(window)
  const buckets = Map.groupBy(days, ({ date }) => findBucketStart(date, unit))
  return {
    unit,
    buckets: [...buckets.values()].map((ofBucket) => ({
      from: ofBucket[0]?.date ?? window.from,
      to: ofBucket.at(-1)?.date ?? window.to,
      ...sumUsage(ofBucket),
    })),
  }
}
