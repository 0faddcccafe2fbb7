import { accessProblems } from './access/problems.ts'
import { agentProblems } from './agents/problems.ts'
import { alertProblems } from './alerts/problems.ts'
import { callProblems } from './calls/problems.ts'
import { campaignProblems } from './campaigns/problems.ts'
import { llmProblems } from './llm/problems.ts'
import { paymentProblems } from './payments/problems.ts'
import { planProblems } from './plans/problems.ts'
import type { ProblemSection } from './platform/http/error-page.ts'
import { invariant, type ProblemType, platformProblems } from './platform/problem.ts'
import { subscriptionProblems } from './subscriptions/problems.ts'
import { usageProblems } from './usage/problems.ts'

/** The problem types of all rooms, under the headings of the error page. */
export const problemSections: readonly ProblemSection[] = [
  { title: 'Every request', problems: platformProblems },
  { title: 'Sign-in, workspaces, members and keys', problems: accessProblems },
  { title: 'Plans and packages', problems: planProblems },
  { title: 'Agents', problems: agentProblems },
  { title: 'Calls', problems: callProblems },
  { title: 'Usage', problems: usageProblems },
  { title: 'Payments', problems: paymentProblems },
  { title: 'Changes of plan', problems: subscriptionProblems },
  { title: 'Webhooks and deliveries', problems: alertProblems },
  { title: 'Campaigns', problems: campaignProblems },
  {
    title: 'Language models',
    intro:
      'Below `/llm/v1` errors have the form of OpenAI’s API. Their `error.code` is one of these codes, or of any above.',
    problems: llmProblems,
  },
]

/** Every problem type, by its code. */
export const problemRegistry: Readonly<Record<string, ProblemType>> = composeRegistry()

function composeRegistry(): Record<string, ProblemType> {
  const registry: Record<string, ProblemType> = {}
  for (const problem of problemSections.flatMap(({ problems }) => Object.values(problems))) {
    invariant(registry[problem.code] === undefined, `Two rooms define the problem code ${problem.code}`)
    registry[problem.code] = problem
  }
  return registry
}
