import type { Agent, Call, PaymentMethod, Webhook, Workspace } from '../../api/types.ts'

/** What has happened in a workspace, as far as the checklist is concerned. */
export type SetupFacts = {
  agents: readonly Agent[]
  /** Answered calls, newest first. */
  calls: readonly Call[]
  /** Null if this person may not see cards. */
  cards: readonly PaymentMethod[] | null
  webhooks: readonly Webhook[]
  workspace: Pick<Workspace, 'lowBalanceCredits'>
}

export const stepIds = ['agent', 'call', 'cost', 'card', 'alert'] as const
export type StepId = (typeof stepIds)[number]

/** Whether each step is done; null if this person may not know. */
export function checkSteps(facts: SetupFacts): Record<StepId, boolean | null> {
  return {
    agent: facts.agents.length > 0,
    call: facts.calls.length > 0,
    cost: findChargedCall(facts) !== undefined,
    card: facts.cards === null ? null : facts.cards.length > 0,
    alert: facts.workspace.lowBalanceCredits !== null || facts.webhooks.length > 0,
  }
}

/** The latest ended call that was charged. */
export function findChargedCall({ calls }: Pick<SetupFacts, 'calls'>): Call | undefined {
  return calls.find((call) => call.endedAt !== null && call.charged.milliseconds > 0)
}
