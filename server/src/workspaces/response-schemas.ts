import { creditsFromMs } from '@talktime/core/billing/credits'
import { z } from 'zod'
import type { Role, WorkspaceRow } from '../access/index.ts'
import { OverdraftName, PlanLimitsResponse, type Subscription } from '../plans/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { WhenCreditsRunOut } from './request-schemas.ts'

export const WorkspaceResponse = z
  .object({
    id: z.string().meta({ example: 'ws_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    timeZone: z.string(),
    planId: z.string(),
    plan: z
      .object({
        id: z.string(),
        name: z.string(),
        paid: z.boolean(),
        overdraft: OverdraftName,
        features: z.record(z.string(), z.boolean()),
        limits: PlanLimitsResponse,
      })
      .meta({ description: 'The plan as it was when the billing cycle began.' }),
    status: z.enum(['active', 'suspended']),
    suspendedAt: Instant.nullable(),
    suspensionReason: z.string().nullable().meta({ description: 'Why, as the operator wrote.' }),
    whenCreditsRunOut: WhenCreditsRunOut,
    monthlyBudgetCredits: z.number().nullable().meta({ description: 'null: the plan’s credits.' }),
    lowBalanceCredits: z.number().nullable().meta({
      description:
        'The balance is low when it is below this. null: a tenth of the monthly credits, but at least 5.',
    }),
    mayReportCalls: z.boolean().meta({
      description: 'Whether keys that the workspace makes itself may report calls. The operator decides.',
    }),
    demo: z.boolean(),
    requiresSecondFactor: z
      .boolean()
      .meta({ description: 'Whether members need a second factor to act in the workspace.' }),
    awaitsVerification: z.boolean().meta({
      description: 'No owner has confirmed the email address yet, so calls are refused.',
    }),
    createdAt: Instant,
    cycle: z.object({ startsAt: Instant, endsAt: Instant }),
    role: z
      .enum(['owner', 'admin', 'member', 'operator', 'key'])
      .meta({ description: 'The role of this request in the workspace.' }),
  })
  .meta({ id: 'Workspace' })

/** What people can change of a workspace, as the API shows it. */
export function workspaceSettings(row: WorkspaceRow) {
  return {
    name: row.name,
    timeZone: row.timeZone,
    whenCreditsRunOut: row.whenCreditsRunOut,
    monthlyBudgetCredits: row.monthlyBudgetMs === null ? null : creditsFromMs(row.monthlyBudgetMs),
    lowBalanceCredits: row.lowBalanceMs === null ? null : creditsFromMs(row.lowBalanceMs),
    mayReportCalls: row.mayReportCalls,
    requiresSecondFactor: row.requiresSecondFactor,
  } as const
}

/** A workspace as the API shows it, with the plan of its current cycle and the caller's role. */
export function workspaceResponse(
  row: WorkspaceRow,
  { planId, terms, cycle }: Subscription,
  role: Role,
): z.infer<typeof WorkspaceResponse> {
  const { name, paid, overdraft, features, limits } = terms
  return {
    id: publicId('workspace', row.id),
    ...workspaceSettings(row),
    planId,
    plan: { id: planId, name, paid, overdraft, features, limits },
    status: row.status,
    suspendedAt: instantOrNull(row.suspendedAtMs),
    suspensionReason: row.suspensionReason,
    demo: row.demo,
    awaitsVerification: row.awaitsVerification,
    createdAt: instantOf(row.createdAtMs),
    cycle: { startsAt: instantOf(cycle.startsAtMs), endsAt: instantOf(cycle.endsAtMs) },
    role,
  }
}
