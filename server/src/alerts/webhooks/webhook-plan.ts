import { planProblems, requireSubscription } from '../../plans/index.ts'
import type { Queryable } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'

/**
 * Checks that the workspace's plan includes alerts by webhook.
 *
 * @throws Problem `plan_required`
 */
export async function requireWebhookPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (terms.features.alertWebhooks === true) return
  throw new Problem(
    planProblems.plan_required,
    `The ${terms.name} plan has no alerts by webhook. Change to a plan that has them.`,
  )
}
