import { creditsFromMs } from '@talktime/core/billing/credits'
import { z } from 'zod'
import type { Cost } from '../costs/window-cost.ts'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { Money } from '../platform/http/money.ts'
import { publicId } from '../public-ids.ts'
import type { RangeUsage, Use } from './range.ts'
import type { Summary } from './summary.ts'
import type { UsageWindow } from './window.ts'

const LocalDate = z.string().meta({ format: 'date', example: '2026-11-22' })
const Calls = z.int().meta({ description: 'Calls with a conversation that is over.' })

const ofDates = { from: LocalDate, to: LocalDate.meta({ description: 'Included.' }) }
const ofUse = { total: Amount, calls: Calls }

export const RangeResponse = z
  .object({
    asOf: Instant,
    window: z.object({
      preset: z.enum(['last_30_days', 'last_3_months', 'last_6_months', 'last_12_months', 'all', 'custom']),
      ...ofDates,
      timeZone: z.string(),
      startsAt: Instant,
      endsAt: Instant.meta({ description: 'Not included: the end of the last day.' }),
    }),
    agentId: z.string().nullable().meta({ description: 'The agent that was asked for; null: all.' }),
    ...ofUse,
    days: z
      .array(z.object({ date: LocalDate, ...ofUse }))
      .meta({ description: 'Each local day of the window; they add up to total.' }),
    agents: z
      .array(z.object({ agentId: z.string(), name: z.string(), archived: z.boolean(), ...ofUse }))
      .meta({ description: 'Each agent, the highest first; they add up to total.' }),
    chart: z
      .object({
        unit: z.enum(['day', 'week', 'month']),
        buckets: z.array(z.object({ ...ofDates, ...ofUse })),
      })
      .meta({ description: 'The days in at most 370 parts; weeks begin on Monday.' }),
    previous: z
      .object({ ...ofDates, ...ofUse })
      .nullable()
      .meta({ description: 'As many days right before the window; null for all.' }),
    cost: z
      .object({
        amounts: z
          .array(Money)
          .meta({ description: 'What the bought credits cost that were used, one amount a currency.' }),
        bought: Amount,
        free: Amount.meta({ description: 'Of the Free plan, promotional credits and adjustments.' }),
        unknown: Amount.meta({ description: 'Paid by credits whose price is not known: plans on request.' }),
        unpaid: Amount.meta({
          description: 'The overdraft: its price is that of the credits that will pay it.',
        }),
      })
      .meta({
        description:
          'Monthly credits at the price of the plan, top-ups at what was paid for them, in the order in which they were drawn. The four amounts of credit add up to total.',
      }),
    lastUsedAt: Instant.nullable().meta({
      description: 'When the last call ended that counts, in the window or not; null: none has.',
    }),
    exportRows: z.int().meta({ description: 'How many calls the export of this window has.' }),
  })
  .meta({ id: 'UsageRange', description: 'What was used in a window of local days, by day and agent.' })

export function rangeResponse(
  window: UsageWindow,
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
    ...useResponse(total),
    days: days.map((day) => ({ date: day.date, ...useResponse(day) })),
    agents: agents.map((agent) => ({
      agentId: publicId('agent', agent.agentId),
      name: agent.name,
      archived: agent.archived,
      ...useResponse(agent),
    })),
    chart: {
      unit: chart.unit,
      buckets: chart.buckets.map((of) => ({ from: of.from, to: of.to, ...useResponse(of) })),
    },
    previous: previous && { from: previous.from, to: previous.to, ...useResponse(previous) },
    cost: costResponse(usage.cost),
    lastUsedAt: instantOrNull(usage.lastUsedAtMs),
    exportRows: total.calls,
  }
}

function costResponse({ amounts, boughtMs, freeMs, unknownMs, unpaidMs }: Cost) {
  return {
    amounts: [...amounts],
    bought: amountOf(boughtMs),
    free: amountOf(freeMs),
    unknown: amountOf(unknownMs),
    unpaid: amountOf(unpaidMs),
  }
}

function useResponse({ usedMs, calls }: Use) {
  return { total: amountOf(usedMs), calls }
}

export const SummaryResponse = z
  .object({
    asOf: Instant,
    timeZone: z.string(),
    monthly: z
      .object({ ...Amount.shape, calls: Calls, ...ofDates })
      .meta({ description: 'This calendar month. Calls count when they are over.' }),
    daily: z.object({ ...Amount.shape, calls: Calls, date: LocalDate }).meta({ description: 'Today.' }),
    balance: Amount.meta({ description: 'The live balance, as /v1/balance has it.' }),
    liveCalls: z.int(),
    budget: z.object({
      credits: z.number(),
      milliseconds: z.int(),
      source: z
        .enum(['workspace', 'plan'])
        .meta({ description: 'plan: its monthly credits, as none is set.' }),
      percent: z.number().nullable().meta({
        description:
          'The part of it that the month has used, with two decimals; null for a budget of nothing.',
      }),
    }),
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: 'UsageSummary', description: 'How much was used this month and today, and of which budget.' })

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
      percent: percentOf(monthly.usedMs, budget.budgetMs),
    },
    lastUsedAt: instantOrNull(summary.lastUsedAtMs),
  }
}

/** Rounded down, so that 100 is said when all of it is used and not before. */
function percentOf(usedMs: number, budgetMs: number): number | null {
  return budgetMs === 0 ? null : Math.floor((usedMs * 10_000) / budgetMs) / 100
}
