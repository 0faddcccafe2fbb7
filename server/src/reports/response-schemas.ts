import { creditsFromMs } from '@talktime/core/billing/credits'
import { z } from 'zod'
import type { WindowCost } from '../costs/index.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { Money } from '../platform/http/money.ts'
import { publicId } from '../public-ids.ts'
import type { RangeUsage } from './range.ts'
import type { Summary } from './summary.ts'
import type { UsageTotal } from './usage-total.ts'
import type { ReportWindow } from './window.ts'

const LocalDate = z.string().meta({ format: 'date', example: '2026-11-22' })
const Calls = z.int().meta({ description: 'Calls whose conversation has ended.' })

const dateFields = { from: LocalDate, to: LocalDate.meta({ description: 'Included.' }) }
const usageFields = { total: Amount, calls: Calls }

export const RangeResponse = z
  .object({
    asOf: Instant,
    window: z.object({
      preset: z.enum(['last_30_days', 'last_3_months', 'last_6_months', 'last_12_months', 'all', 'custom']),
      ...dateFields,
      timeZone: z.string(),
      startsAt: Instant,
      endsAt: Instant.meta({ description: 'Not included: the end of the last day.' }),
    }),
    agentId: z.string().nullable().meta({ description: 'The agent of the query; null: all agents.' }),
    ...usageFields,
    days: z
      .array(z.object({ date: LocalDate, ...usageFields }))
      .meta({ description: 'Each local day of the window. They add up to total.' }),
    agents: z
      .array(z.object({ agentId: z.string(), name: z.string(), archived: z.boolean(), ...usageFields }))
      .meta({ description: 'Each agent, the highest first. They add up to total.' }),
    chart: z
      .object({
        unit: z.enum(['day', 'week', 'month']),
        buckets: z.array(z.object({ ...dateFields, ...usageFields })),
      })
      .meta({ description: 'The days in at most 370 buckets. Weeks begin on Monday.' }),
    previous: z
      .object({ ...dateFields, ...usageFields })
      .nullable()
      .meta({ description: 'The window of as many days right before this one; null for the preset all.' }),
    cost: z
      .object({
        amounts: z.array(Money).meta({
          description:
            'What the used credits cost, as far as they were bought: one amount for each currency.',
        }),
        bought: Amount,
        free: Amount.meta({ description: 'Of the Free plan, promotional credits and adjustments.' }),
        unknown: Amount.meta({ description: 'Paid by credits without a known price: plans on request.' }),
        unpaid: Amount.meta({
          description: 'The overdraft. The credits that pay it later give it their price.',
        }),
      })
      .meta({
        description:
          'Monthly credits at the price of the plan, top-ups at the price that was paid, in the order in which they were drawn. The four amounts of credit add up to total.',
      }),
    lastUsedAt: Instant.nullable().meta({
      description: 'When the last call that counts ended, in the window or not; null: no call counts.',
    }),
    exportRows: z.int().meta({ description: 'The number of calls in the export of this window.' }),
  })
  .meta({ id: 'UsageRange', description: 'The usage of a window of local days, by day and agent.' })

export function rangeResponse(
  window: ReportWindow,
  usage: RangeUsage,
  nowMs: number,
): z.infer<typeof RangeResponse> {
  const { preset, from, to, timeZone } = window
  const { total, days, agents, chart, previous } = usage
  return {
    asOf: instantOf(nowMs),
    window: {
      preset,
      from,
      to,
      timeZone,
      startsAt: instantOf(window.startsAtMs),
      endsAt: instantOf(window.endsAtMs),
    },
    agentId: window.agentId === null ? null : publicId('agent', window.agentId),
    ...usageResponse(total),
    days: days.map((day) => ({ date: day.date, ...usageResponse(day) })),
    agents: agents.map((agent) => ({
      agentId: publicId('agent', agent.agentId),
      name: agent.name,
      archived: agent.archived,
      ...usageResponse(agent),
    })),
    chart: {
      unit: chart.unit,
      buckets: chart.buckets.map((bucket) => ({
        from: bucket.from,
        to: bucket.to,
        ...usageResponse(bucket),
      })),
    },
    previous: previous && { from: previous.from, to: previous.to, ...usageResponse(previous) },
    cost: costResponse(usage.cost),
    lastUsedAt: instantOrNull(usage.lastUsedAtMs),
    exportRows: total.calls,
  }
}

function costResponse({ amounts, boughtMs, freeMs, unknownMs, unpaidMs }: WindowCost) {
  return {
    amounts: [...amounts],
    bought: amountOf(boughtMs),
    free: amountOf(freeMs),
    unknown: amountOf(unknownMs),
    unpaid: amountOf(unpaidMs),
  }
}

function usageResponse({ usedMs, calls }: UsageTotal) {
  return { total: amountOf(usedMs), calls }
}

export const SummaryResponse = z
  .object({
    asOf: Instant,
    timeZone: z.string(),
    monthly: z
      .object({ ...Amount.shape, calls: Calls, ...dateFields })
      .meta({ description: 'This calendar month. Calls count when they have ended.' }),
    daily: z.object({ ...Amount.shape, calls: Calls, date: LocalDate }).meta({ description: 'Today.' }),
    balance: Amount.meta({ description: 'The live balance, as in /v1/balance.' }),
    liveCalls: z.int(),
    budget: z.object({
      credits: z.number(),
      milliseconds: z.int(),
      source: z
        .enum(['workspace', 'plan'])
        .meta({ description: 'plan: no budget is set, so it is the monthly credits of the plan.' }),
      percent: z.number().nullable().meta({
        description:
          'How much of the budget this month has used, with two decimals; null for a budget of zero.',
      }),
    }),
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: 'UsageSummary', description: 'Usage of this month and today, and the budget.' })

export function summaryResponse(summary: Summary, nowMs: number): z.infer<typeof SummaryResponse> {
  const { monthly, daily, month, today, balance, budget } = summary
  return {
    asOf: instantOf(nowMs),
    timeZone: summary.timeZone,
    monthly: { ...amountOf(monthly.usedMs), calls: monthly.calls, from: month.from, to: month.to },
    daily: { ...amountOf(daily.usedMs), calls: daily.calls, date: today },
    balance: amountOf(balance.balanceMs),
    liveCalls: balance.liveCalls,
    budget: {
      credits: creditsFromMs(budget.budgetMs),
      milliseconds: budget.budgetMs,
      source: budget.own ? 'workspace' : 'plan',
      percent: computePercent(monthly.usedMs, budget.budgetMs),
    },
    lastUsedAt: instantOrNull(summary.lastUsedAtMs),
  }
}

/** Rounds down, so that it reaches 100 when all of the budget is used and not before. */
function computePercent(usedMs: number, budgetMs: number): number | null {
  return budgetMs === 0 ? null : Math.floor((usedMs * 10_000) / budgetMs) / 100
}
