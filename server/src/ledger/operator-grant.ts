import type { Tx } from '../platform/database/database.ts'
import { invalid, Problem } from '../platform/problem.ts'
import type { EntryRow } from './account.ts'
import { post } from './account.ts'
import { addGrant } from './grants.ts'
import { lockAccounts, writeAccounts } from './store.ts'

export type OperatorGrant = {
  readonly kind: 'promotional' | 'adjustment'
  /** Milliseconds of talk time; an adjustment may be negative. */
  readonly amountMs: number
  readonly expiresAtMs: number | null
  readonly reason: string
}

/**
 * Credit that the operator gives, or takes off: what an adjustment below zero deducts is taken from the grants by
 * the burn order, like usage. Boundaries that are due must have been caught up with. Throws `invalid_request`,
 * `workspace_not_found`.
 */
export async function grantByOperator(
  tx: Tx,
  workspaceId: string,
  grant: OperatorGrant,
  nowMs: number,
): Promise<{ grantId: string | null; entry: EntryRow }> {
  requireSense(grant, nowMs)
  const account = (await lockAccounts(tx, [workspaceId])).get(workspaceId)
  if (account === undefined) throw new Problem('workspace_not_found', 'There is no such workspace.')
  const made =
    grant.amountMs > 0
      ? await addGrant(tx, account, { ...grant, atMs: nowMs }, nowMs)
      : {
          grantId: null,
          entry: post(
            account,
            { kind: 'adjustment', amountMs: grant.amountMs, atMs: nowMs, reason: grant.reason, draws: true },
            nowMs,
          ),
        }
  await writeAccounts(tx, [account], nowMs)
  return made
}

function requireSense(grant: OperatorGrant, nowMs: number): void {
  if (grant.amountMs === 0) throw invalid('/credits', 'The amount must not be zero.')
  if (grant.amountMs < 0 && grant.kind === 'promotional') {
    throw invalid(
      '/credits',
      'A promotional grant must be above zero; to take credit off use kind "adjustment".',
    )
  }
  if (grant.amountMs < 0 && grant.expiresAtMs !== null) {
    throw invalid('/expiresAt', 'An adjustment that takes credit off cannot expire: leave expiresAt out.')
  }
  if (grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs) {
    throw invalid('/expiresAt', '"expiresAt" must lie in the future.')
  }
}
