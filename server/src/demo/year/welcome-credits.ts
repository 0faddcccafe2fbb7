import { msFromCredits } from '@talktime/core/billing/credits'
import { DAY_MS } from '@talktime/core/time/durations'
import { grantByOperator, type Ledger } from '../../ledger/index.ts'

/** Grants 250 promotional credits, valid for 60 days, with which the demo's workspace starts its year. */
export async function grantWelcomeCredits(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  workspaceId: string,
): Promise<void> {
  await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => {
    const grant = {
      kind: 'promotional',
      amountMs: msFromCredits(250),
      expiresAtMs: nowMs + 60 * DAY_MS,
      reason: 'Welcome credits',
    } as const
    return grantByOperator(tx, unit, grant, nowMs)
  })
}
