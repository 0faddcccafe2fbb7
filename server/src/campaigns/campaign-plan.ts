import { planProblems, requireSubscription, type Terms } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'

/** Whether a plan includes campaigns. */
export function includesCampaigns(terms: Terms): boolean {
  return terms.features.campaigns === true
}

/**
 * Checks that the workspace's plan includes campaigns.
 *
 * @throws Problem `plan_required`
 */
export async function requireCampaignPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (includesCampaigns(terms)) return
  throw new Problem(
    planProblems.plan_required,
    `Paid plan required: the ${terms.name} plan has no campaigns. Change to a plan with campaigns first.`,
  )
}
