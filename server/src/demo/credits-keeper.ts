import { balanceAt } from '@talktime/core/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/credits'
import { type Boundaries, grantByOperator, readLine } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'

const grantCredits = 1_500
const lowMs = 300 * MS_PER_CREDIT
const validMs = 30 * 24 * 60 * 60_000

/**
 * Gives the demo's workspace credit when it runs low: a few calls that never stop use more than any plan has. Whoever
 * looks at the ledger sees it, and why.
 *
 * @returns whether credit was given
 */
export async function keepCredits(
  parts: { readonly database: Database; readonly boundaries: Boundaries; readonly clock: Clock },
  workspaceId: string,
): Promise<boolean> {
  const { database, boundaries, clock } = parts
  const nowMs = clock.now()
  await boundaries.catchUpIfDue(workspaceId, nowMs)
  if (balanceAt(await readLine(database, workspaceId), nowMs) >= lowMs) return false
  const grant = {
    kind: 'promotional',
    amountMs: msFromCredits(grantCredits),
    expiresAtMs: nowMs + validMs,
    reason: 'Demo: keeps the simulated calls going',
  } as const
  await database.transaction((tx) => grantByOperator(tx, workspaceId, grant, nowMs))
  return true
}
