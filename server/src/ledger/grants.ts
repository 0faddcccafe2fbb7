import {
  afterDraws,
  type BurnableGrant,
  burnDown,
  drawsWithin,
  type PlacedDraw,
  placeDraws,
} from '@talktime/core/billing/burn-down'
import { FREE, type Price } from '@talktime/core/billing/price'
import type { Queryable } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'
import { updateLowBalanceThreshold } from './low-balance-threshold.ts'
import { addEvent, type EntryKind, type EntryRow, post, type WorkspaceUnit } from './unit.ts'

export type GrantKind = 'monthly' | 'top_up' | 'promotional' | 'adjustment'

export type GrantRow = BurnableGrant & {
  readonly kind: GrantKind
  readonly grantedMs: number
  /** Credit given back by a correction: no new credit. */
  readonly returned: boolean
  readonly expiredAtMs: number | null
  readonly reason: string | null
  readonly priceMinor: number | null
  readonly pricePerMs: number | null
  readonly priceCurrency: string | null
}

export const grantColumns = `id, kind, returned, granted_ms as "grantedMs", remaining_ms as "remainingMs",
  granted_at_ms as "grantedAtMs", expires_at_ms as "expiresAtMs", expired_at_ms as "expiredAtMs", reason,
  price_minor as "priceMinor", price_per_ms as "pricePerMs", price_currency as "priceCurrency"`

/** What the grant's credit cost; null: nobody knows. */
export function priceOfGrant(grant: GrantRow): Price | null {
  const { priceMinor: minor, pricePerMs: perMs, priceCurrency: currency } = grant
  return minor === null || perMs === null || currency === null ? null : { minor, perMs, currency }
}

/** Grants with credit left, as of the last fold. */
export async function openGrants(db: Queryable, workspaceId: string): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and remaining_ms > 0`,
    [workspaceId],
  )
  return rows
}

export type NewGrant = {
  readonly kind: GrantKind
  readonly amountMs: number
  /** When it begins: now, or the boundary that is being caught up on. */
  readonly atMs: number
  readonly expiresAtMs: number | null
  readonly reason: string | null
  /** What it cost; null: nobody knows. */
  readonly price: Price | null
  /** What was paid for it. */
  readonly purchaseId?: string
}

const entryKindOf: Record<GrantKind, EntryKind> = {
  monthly: 'monthly_grant',
  top_up: 'top_up',
  promotional: 'promotional',
  adjustment: 'adjustment',
}

/**
 * Adds credit. What was used before is folded into the older grants first, then the new one pays an overdraft if
 * there is one. The unit must be written (`writeUnits`) by the caller, in the same transaction.
 */
export async function addGrant(
  tx: Queryable,
  unit: WorkspaceUnit,
  grant: NewGrant,
  nowMs: number,
): Promise<{ grantId: string; entry: EntryRow }> {
  await fold(tx, unit)
  const grantId = newUuid(nowMs)
  await insertGrant(tx, unit, { ...grant, id: grantId, returned: false })
  boundaryNoLaterThan(unit, grant.expiresAtMs)
  if (grant.kind === 'monthly') await updateLowBalanceThreshold(tx, unit, grant.atMs)
  const entry = post(
    unit,
    {
      kind: entryKindOf[grant.kind],
      amountMs: grant.amountMs,
      atMs: grant.atMs,
      grantId,
      purchaseId: grant.purchaseId,
      reason: grant.reason,
    },
    nowMs,
  )
  await fold(tx, unit)
  return { grantId, entry }
}

async function insertGrant(
  tx: Queryable,
  unit: WorkspaceUnit,
  grant: NewGrant & { readonly id: string; readonly returned: boolean },
): Promise<void> {
  await tx.query(
    `insert into grants (workspace_id, id, kind, returned, granted_ms, remaining_ms, granted_at_ms, expires_at_ms, reason,
                         price_minor, price_per_ms, price_currency)
     values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)`,
    [
      unit.line.workspaceId,
      grant.id,
      grant.kind,
      grant.returned,
      grant.amountMs,
      grant.atMs,
      grant.expiresAtMs,
      grant.reason,
      grant.price?.minor ?? null,
      grant.price?.perMs ?? null,
      grant.price?.currency ?? null,
    ],
  )
}

/** Makes sure the unit is looked at again at `atMs` at the latest. */
export function boundaryNoLaterThan(unit: WorkspaceUnit, atMs: number | null): void {
  const { nextBoundaryMs } = unit.line
  if (atMs === null || (nextBoundaryMs !== null && nextBoundaryMs <= atMs)) return
  unit.line = { ...unit.line, nextBoundaryMs: atMs }
  addEvent(unit, 'balance')
}

/**
 * Takes off the grants, by the burn order, what was drawn since the last fold. What no grant can pay stays
 * unfolded: it is the overdraft, and the next grant pays it.
 */
export async function fold(tx: Queryable, unit: WorkspaceUnit): Promise<void> {
  const { workspaceId, drawnMs, foldedMs } = unit.line
  if (drawnMs === foldedMs) return
  const { draws, unpaidMs } = burnDown(await openGrants(tx, workspaceId), drawnMs - foldedMs)
  if (draws.length === 0) return
  const placed = placeDraws(draws, foldedMs)
  await tx.query(
    `insert into grant_draws (workspace_id, from_ms, to_ms, grant_id)
     select $1, * from unnest($2::bigint[], $3::bigint[], $4::uuid[])`,
    [workspaceId, placed.map((d) => d.fromMs), placed.map((d) => d.toMs), placed.map((d) => d.grantId)],
  )
  await tx.query(
    `update grants g set remaining_ms = g.remaining_ms - v.amount_ms
     from unnest($2::uuid[], $3::bigint[]) as v (id, amount_ms)
     where g.workspace_id = $1 and g.id = v.id`,
    [workspaceId, draws.map((d) => d.grantId), draws.map((d) => d.amountMs)],
  )
  unit.line = { ...unit.line, foldedMs: drawnMs - unpaidMs }
  addEvent(unit, 'balance')
}

/** Lets expire what is left of the grants whose time is up at `atMs`. Fold first. */
export async function expireGrants(
  tx: Queryable,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<void> {
  const { workspaceId } = unit.line
  const { rows } = await tx.query<{ id: string; remainingMs: number }>(
    `update grants set remaining_ms = 0, expired_at_ms = $2
     from (select id as expired_id, remaining_ms as left_ms from grants
           where workspace_id = $1 and remaining_ms > 0 and expires_at_ms <= $2) as due
     where workspace_id = $1 and id = due.expired_id
     returning id, due.left_ms as "remainingMs"`,
    [workspaceId, atMs],
  )
  for (const { id, remainingMs } of rows) {
    post(unit, { kind: 'expiry', amountMs: -remainingMs, atMs, grantId: id }, nowMs)
  }
}

/** Lets expire at once what is left of the monthly grants: their plan was not paid. */
export async function expireMonthly(tx: Queryable, unit: WorkspaceUnit, nowMs: number): Promise<void> {
  await fold(tx, unit)
  await tx.query(
    `update grants set expires_at_ms = $2
     where workspace_id = $1 and kind = 'monthly' and remaining_ms > 0 and expires_at_ms > $2`,
    [unit.line.workspaceId, nowMs],
  )
  await expireGrants(tx, unit, nowMs, nowMs)
  await updateLowBalanceThreshold(tx, unit, nowMs)
}

/** Which grants paid the stretch of cumulative draws, folded or not yet; what is left over is unpaid. */
export async function paidBy(
  db: Queryable,
  line: { readonly workspaceId: string; readonly drawnMs: number; readonly foldedMs: number },
  stretch: { readonly fromMs: number; readonly toMs: number },
): Promise<PlacedDraw[]> {
  const { rows: folded } = await db.query<PlacedDraw>(
    `select grant_id as "grantId", from_ms as "fromMs", to_ms as "toMs" from grant_draws
     where workspace_id = $1 and from_ms < $3 and to_ms > $2 order by from_ms`,
    [line.workspaceId, stretch.fromMs, stretch.toMs],
  )
  const open = await openGrants(db, line.workspaceId)
  const pending = placeDraws(burnDown(open, line.drawnMs - line.foldedMs).draws, line.foldedMs)
  return drawsWithin([...folded, ...pending], stretch.fromMs, stretch.toMs)
}

/** Open grants with everything drawn so far, and `liveMs` more, taken off: what the screen shows. */
export function remainingGrants(
  grants: readonly GrantRow[],
  pendingMs: number,
): { grants: GrantRow[]; unpaidMs: number } {
  const { draws, unpaidMs } = burnDown(grants, pendingMs)
  return { grants: afterDraws(grants, draws), unpaidMs }
}

/** Credit that a correction gives back: like the grant that had paid, or where no credit had paid at all. */
export type ReturnedCredit = Pick<NewGrant, 'kind' | 'expiresAtMs' | 'price'> | 'never_paid'

const neverPaidReason = 'A charge that no credit had paid was given back'

/** Whether the grant was made to take off an overdraft, with no credit behind it. */
export function neverPaid(grant: GrantRow): boolean {
  return grant.returned && grant.reason === neverPaidReason
}

/** Adds back credit that a correction returns, as a grant of its own. What has expired is the caller's to let expire. */
export async function returnToGrant(
  tx: Queryable,
  unit: WorkspaceUnit,
  back: { readonly credit: ReturnedCredit; readonly amountMs: number; readonly callId: string },
  nowMs: number,
): Promise<EntryRow> {
  invariant(back.amountMs > 0, 'Only an amount above zero can be given back')
  const id = newUuid(nowMs)
  const { credit, amountMs, callId } = back
  const { kind, expiresAtMs, price } =
    credit === 'never_paid' ? { kind: 'adjustment' as const, expiresAtMs: null, price: FREE } : credit
  if (expiresAtMs !== null && expiresAtMs > nowMs) boundaryNoLaterThan(unit, expiresAtMs)
  await insertGrant(tx, unit, {
    id,
    returned: true,
    kind,
    amountMs,
    atMs: nowMs,
    expiresAtMs,
    price,
    reason: credit === 'never_paid' ? neverPaidReason : 'A call was shorter than first charged',
  })
  return post(unit, { kind: 'call', amountMs, atMs: nowMs, callId, grantId: id, reason: 'correction' }, nowMs)
}
