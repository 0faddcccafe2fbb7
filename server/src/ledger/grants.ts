import {
  afterDraws,
  burnDown,
  drawsWithin,
  type PlacedDraw,
  placeDraws,
} from '@talktime/core/billing/burn-down'
import { FREE, type Price } from '@talktime/core/billing/price'
import type { Queryable } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'
import type { EntryKind, EntryRow } from './entry.ts'
import {
  emptyExpiredGrants,
  endMonthlyGrants,
  type GrantKind,
  type GrantRow,
  insertGrant,
  readDraws,
  readOpenGrants,
  writeDraws,
} from './grant-store.ts'
import { updateLowBalanceThreshold } from './low-balance-threshold.ts'
import { addEvent, post, type WorkspaceUnit } from './unit.ts'

export type NewGrant = {
  readonly kind: GrantKind
  /** Milliseconds of talk time. */
  readonly amountMs: number
  /** When it begins: now, or the boundary that is being passed. */
  readonly atMs: number
  readonly expiresAtMs: number | null
  readonly reason: string | null
  /** What it cost; null: unknown. */
  readonly price: Price | null
  /** What was paid for it. */
  readonly purchaseId?: string
}

const ENTRY_KINDS: Record<GrantKind, EntryKind> = {
  monthly: 'monthly_grant',
  top_up: 'top_up',
  promotional: 'promotional',
  adjustment: 'adjustment',
}

/**
 * Adds credit. What was used before is folded into the older grants first; then the new one pays an overdraft, if
 * there is one.
 */
export async function addGrant(
  tx: Queryable,
  unit: WorkspaceUnit,
  grant: NewGrant,
  nowMs: number,
): Promise<{ grantId: string; entry: EntryRow }> {
  await fold(tx, unit)
  const grantId = newUuid(nowMs)
  await insertGrant(tx, unit.line.workspaceId, { ...grant, id: grantId, returned: false })
  boundaryNoLaterThan(unit, grant.expiresAtMs)
  if (grant.kind === 'monthly') await updateLowBalanceThreshold(tx, unit, grant.atMs)
  const { amountMs, atMs, purchaseId, reason } = grant
  const entry = post(
    unit,
    { kind: ENTRY_KINDS[grant.kind], amountMs, atMs, grantId, purchaseId, reason },
    nowMs,
  )
  await fold(tx, unit)
  return { grantId, entry }
}

/** Makes `atMs` (epoch milliseconds) a boundary of the workspace unless an earlier one comes first. */
export function boundaryNoLaterThan(unit: WorkspaceUnit, atMs: number | null): void {
  const { nextBoundaryMs } = unit.line
  if (atMs === null || (nextBoundaryMs !== null && nextBoundaryMs <= atMs)) return
  unit.line = { ...unit.line, nextBoundaryMs: atMs }
  addEvent(unit, 'balance')
}

/**
 * Takes off the grants, by the burn order, what was drawn since the last fold. What no grant can pay stays unfolded:
 * it is the overdraft, and the next grant pays it.
 */
export async function fold(tx: Queryable, unit: WorkspaceUnit): Promise<void> {
  const { workspaceId, drawnMs, foldedMs } = unit.line
  if (drawnMs === foldedMs) return
  const { draws, unpaidMs } = burnDown(await readOpenGrants(tx, workspaceId), drawnMs - foldedMs)
  if (draws.length === 0) return
  await writeDraws(tx, workspaceId, draws, placeDraws(draws, foldedMs))
  unit.line = { ...unit.line, foldedMs: drawnMs - unpaidMs }
  addEvent(unit, 'balance')
}

/** Expires what is left of the grants whose time is up at `atMs`. Fold first. */
export async function expireGrants(
  tx: Queryable,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<void> {
  for (const { id, remainingMs } of await emptyExpiredGrants(tx, unit.line.workspaceId, atMs)) {
    post(unit, { kind: 'expiry', amountMs: -remainingMs, atMs, grantId: id }, nowMs)
  }
}

/** Expires at once what is left of the monthly grants: their plan was not paid. */
export async function expireMonthly(tx: Queryable, unit: WorkspaceUnit, nowMs: number): Promise<void> {
  await fold(tx, unit)
  await endMonthlyGrants(tx, unit.line.workspaceId, nowMs)
  await expireGrants(tx, unit, nowMs, nowMs)
  await updateLowBalanceThreshold(tx, unit, nowMs)
}

/** Which grants paid a range of the cumulative draws, folded or not yet, in order. What is left over is unpaid. */
export async function readPaidDraws(
  db: Queryable,
  line: { readonly workspaceId: string; readonly drawnMs: number; readonly foldedMs: number },
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<PlacedDraw[]> {
  const folded = await readDraws(db, line.workspaceId, range)
  const open = await readOpenGrants(db, line.workspaceId)
  const pending = placeDraws(burnDown(open, line.drawnMs - line.foldedMs).draws, line.foldedMs)
  return drawsWithin([...folded, ...pending], range.fromMs, range.toMs)
}

/** Open grants after `pendingMs` more have been drawn: what the screen shows. `unpaidMs` is what they cannot pay. */
export function remainingGrants(
  grants: readonly GrantRow[],
  pendingMs: number,
): { grants: GrantRow[]; unpaidMs: number } {
  const { draws, unpaidMs } = burnDown(grants, pendingMs)
  return { grants: afterDraws(grants, draws), unpaidMs }
}

/** Credit that a reversal returns: like the grant that had paid, or `never_paid` where no credit had paid at all. */
export type ReturnedCredit = Pick<NewGrant, 'kind' | 'expiresAtMs' | 'price'> | 'never_paid'

const NEVER_PAID_REASON = 'A charge that no credit had paid was given back'
const SHORTER_REASON = 'A call was shorter than first charged'

/** Whether the grant was made to cancel an overdraft, with no credit behind it. */
export function isNeverPaid(grant: GrantRow): boolean {
  return grant.returned && grant.reason === NEVER_PAID_REASON
}

/** Returns credit of a call as a grant of its own. If that grant has expired already, the caller lets it expire. */
export async function returnToGrant(
  tx: Queryable,
  unit: WorkspaceUnit,
  back: { readonly credit: ReturnedCredit; readonly amountMs: number; readonly callId: string },
  nowMs: number,
): Promise<EntryRow> {
  invariant(back.amountMs > 0, 'Only an amount above zero can be returned')
  const id = newUuid(nowMs)
  const { credit, amountMs, callId } = back
  const isUnpaid = credit === 'never_paid'
  const { kind, expiresAtMs, price } = isUnpaid
    ? { kind: 'adjustment' as const, expiresAtMs: null, price: FREE }
    : credit
  if (expiresAtMs !== null && expiresAtMs > nowMs) boundaryNoLaterThan(unit, expiresAtMs)
  const reason = isUnpaid ? NEVER_PAID_REASON : SHORTER_REASON
  const grant = { id, kind, amountMs, atMs: nowMs, expiresAtMs, price, reason, returned: true }
  await insertGrant(tx, unit.line.workspaceId, grant)
  return post(unit, { kind: 'call', amountMs, atMs: nowMs, callId, grantId: id, reason: 'correction' }, nowMs)
}
