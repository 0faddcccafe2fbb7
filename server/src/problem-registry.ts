import { accessProblems } from './access/problems.ts'
import { agentProblems } from './agents/problems.ts'
import { alertProblems } from './alerts/problems.ts'
import { callProblems } from './calls/problems.ts'
import { campaignProblems } from './campaigns/problems.ts'
import { llmProblems } from './llm/problems.ts'
import { paymentProblems } from './payments/problems.ts'
import { planProblems } from './plans/problems.ts'
import { invariant, type ProblemType, platformProblems } from './platform/problem.ts'
import { subscriptionProblems } from './subscriptions/problems.ts'
import { usageProblems } from './usage/problems.ts'

const tables: readonly Readonly<Record<string, ProblemType>>[] = [
  platformProblems,
  accessProblems,
  planProblems,
  agentProblems,
  callProblems,
  usageProblems,
  paymentProblems,
  subscriptionProblems,
  alertProblems,
  campaignProblems,
  llmProblems,
]

/** Everything that can go wrong for a caller, by its code: the problem types of all rooms. */
export const problemRegistry: Readonly<Record<string, ProblemType>> = composeRegistry()

function composeRegistry(): Record<string, ProblemType> {
  const registry: Record<string, ProblemType> = {}
  for (const problem of tables.flatMap(Object.values<ProblemType>)) {
    invariant(registry[problem.code] === undefined, `Two rooms define the problem code ${problem.code}`)
    registry[problem.code] = problem
  }
  return registry
}
