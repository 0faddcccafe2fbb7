import type { Agent, Call, PaymentMethod, Webhook, Workspace } from '../../api/types.ts'

/** What has really happened in a workspace, as far as the checklist is concerned. */
export type SetupFacts = {
  agents: readonly Agent[]
  /** Calls that were answered, newest first. */
  calls: readonly Call[]
  /** null: this person may not see them. */
  cards: readonly PaymentMethod[] | null
  webhooks: readonly Webhook[]
  workspace: Pick<Workspace, 'lowBalanceCredits'>
}

export const stepIds = ['agent', 'call', 'cost', 'card', 'alert'] as const
export type StepId = (typeof stepIds)[number]

/** Each step with whether it is done, and null where this person cannot know. */
export function doneSteps(facts: SetupFacts): Record<StepId, boolean | null> {
  return {
    agent: facts.agents.length > 0,
    call: facts.calls.length > 0,
    cost: chargedCall(facts) !== undefined,
    card: facts.cards === null ? null : facts.cards.length > 0,
    alert: facts.workspace.lowBalanceCredits !== null || facts.webhooks.length > 0,
  }
}

/** The newest call that is over and cost something: its receipt shows what. */
export function chargedCall({ calls }: Pick<SetupFacts, 'calls'>): Call | undefined {
  return calls.find((call) => call.endedAt !== null && call.charged.milliseconds > 0)
}
