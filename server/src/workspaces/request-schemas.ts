import { msFromCredits } from '@talktime/core/billing/credits'
import { z } from 'zod'
import type { WorkspaceChange } from '../access/index.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import { invalid } from '../platform/problem.ts'

const CREDITS_MIN = 0.01
const CREDITS_MAX = 1_000_000_000

export const WhenCreditsRunOut = z
  .enum(['finish', 'end'])
  .meta({ description: 'What happens to live calls when the balance reaches zero.' })

const WorkspaceName = z.string().trim().min(1).max(100)

export const NewWorkspaceRequest = z.strictObject({
  name: WorkspaceName,
  timeZone: TimeZone,
  planId: z.string(),
})

export const WorkspaceChangeRequest = z.strictObject({
  name: WorkspaceName.optional(),
  timeZone: TimeZone.optional(),
  monthlyBudgetCredits: z
    .number()
    .positive()
    .nullable()
    .optional()
    .meta({ description: 'null: the plan’s credits.' }),
  lowBalanceCredits: z.number().nonnegative().nullable().optional().meta({
    description:
      'The balance is low, and an alert is raised, when it is below this. 0: never. null: a tenth of the monthly credits, but at least 5.',
  }),
  whenCreditsRunOut: WhenCreditsRunOut.optional(),
  mayReportCalls: z.boolean().optional().meta({
    description:
      'The operator only: whether keys that the workspace makes itself may have the scope calls:report.',
  }),
  requiresSecondFactor: z.boolean().optional().meta({
    description:
      'Whether members need a second factor to act in the workspace. Only an owner who has one may turn this on.',
  }),
})

/** Converts a request's amounts from credits to milliseconds. Throws `invalid_request` for amounts out of range. */
export function parseWorkspaceChange(body: z.infer<typeof WorkspaceChangeRequest>): WorkspaceChange {
  const {
    name,
    timeZone,
    whenCreditsRunOut,
    mayReportCalls,
    requiresSecondFactor,
    monthlyBudgetCredits,
    lowBalanceCredits,
  } = body
  return {
    name,
    timeZone,
    whenCreditsRunOut,
    mayReportCalls,
    requiresSecondFactor,
    monthlyBudgetMs: parseBudget(monthlyBudgetCredits),
    lowBalanceMs: parseLowBalance(lowBalanceCredits),
  }
}

function parseBudget(credits: number | null | undefined): number | null | undefined {
  if (credits === null || credits === undefined) return credits
  if (credits >= CREDITS_MIN && credits <= CREDITS_MAX) return msFromCredits(credits)
  throw invalid('/monthlyBudgetCredits', '"monthlyBudgetCredits" must be between 0.01 and 1,000,000,000.')
}

function parseLowBalance(credits: number | null | undefined): number | null | undefined {
  if (credits === null || credits === undefined) return credits
  if (credits <= CREDITS_MAX) return msFromCredits(credits)
  throw invalid('/lowBalanceCredits', '"lowBalanceCredits" must be between 0 and 1,000,000,000.')
}
