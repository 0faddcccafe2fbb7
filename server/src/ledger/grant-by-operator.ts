import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { FREE } from '@talktime/core/billing/price'
import type { Tx } from '../platform/database/database.ts'
import { invalid } from '../platform/problem.ts'
import type { EntryRow } from './entry.ts'
import { addGrant } from './grants.ts'
import { post, type WorkspaceUnit } from './unit.ts'

export type OperatorGrant = {
  readonly kind: 'promotional' | 'adjustment'
  /** Milliseconds of talk time; an adjustment may be negative. */
  readonly amountMs: number
  /** Where a request says the amount, for problems with it: a JSON pointer. */
  readonly amountPointer?: '/credits' | '/milliseconds'
  readonly expiresAtMs: number | null
  readonly reason: string
}

/** The most credit, or debt, that a workspace can be brought to: in milliseconds still far from where sums lose exactness. */
const BALANCE_MS_MAX = 1_000_000_000 * MS_PER_CREDIT
/** Later instants cannot be written with four digits for the year. */
const EXPIRES_AT_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * Grants or deducts credit for the operator. An adjustment below zero draws on the grants by the burn order, like
 * usage. The caller holds the workspace's line.
 *
 * @returns `grantId` null for a deduction; `remainingMs` what is left of the grant once it has paid an overdraft
 * @throws Problem `invalid_request`
 */
export async function grantByOperator(
  tx: Tx,
  unit: WorkspaceUnit,
  grant: OperatorGrant,
  nowMs: number,
): Promise<{ grantId: string | null; entry: EntryRow; remainingMs: number }> {
  requireSense(grant, nowMs)
  const { settledMs } = unit.line
  requireRoom(grant, settledMs)
  const remainingMs = Math.max(0, Math.min(grant.amountMs, settledMs + grant.amountMs))
  if (grant.amountMs > 0) {
    return { ...(await addGrant(tx, unit, { ...grant, atMs: nowMs, price: FREE }, nowMs)), remainingMs }
  }
  const { amountMs, reason } = grant
  const entry = post(unit, { kind: 'adjustment', amountMs, atMs: nowMs, reason, draws: true }, nowMs)
  return { grantId: null, entry, remainingMs }
}

function requireSense(grant: OperatorGrant, nowMs: number): void {
  if (grant.amountMs === 0) throw invalid(pointerOf(grant), 'The amount must not be zero.')
  if (grant.amountMs < 0 && grant.kind === 'promotional') {
    throw invalid(
      pointerOf(grant),
      'A promotional grant must be above zero; to take credit off use kind "adjustment".',
    )
  }
  if (grant.amountMs < 0 && grant.expiresAtMs !== null) {
    throw invalid('/expiresAt', 'An adjustment that takes credit off cannot expire: leave expiresAt out.')
  }
  if (grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs) {
    throw invalid('/expiresAt', '"expiresAt" must lie in the future.')
  }
  if (grant.expiresAtMs !== null && grant.expiresAtMs > EXPIRES_AT_MS_MAX) {
    throw invalid('/expiresAt', '"expiresAt" must lie before the year 10000.')
  }
}

function requireRoom(grant: OperatorGrant, settledMs: number): void {
  if (Math.abs(settledMs + grant.amountMs) <= BALANCE_MS_MAX) return
  const verb = grant.amountMs > 0 ? 'has' : 'owes'
  throw invalid(pointerOf(grant), `A workspace ${verb} at most 1,000,000,000 credits: this would be more.`)
}

const pointerOf = ({ amountPointer = '/credits' }: OperatorGrant) => amountPointer
