import { type DeclineLimits, findDeclineLimitEnd } from '@talktime/core/billing/decline-limit'
import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { readCardRequests, readDeclines, recordCardRequest } from './card-limit-store.ts'
import { paymentProblems } from './problems.ts'

/** How often a workspace may try cards. Somebody who tests stolen cards needs many tries. */
export type CardLimits = DeclineLimits & { readonly cardsPerDay: number }

/**
 * Requires that not too many charges of the workspace were declined lately. The caller holds the workspace's lock.
 *
 * @throws Problem `too_many_declines`
 */
export async function requireFewDeclines(
  db: Queryable,
  workspaceId: string,
  limits: CardLimits,
  nowMs: number,
): Promise<void> {
  const most = Math.max(limits.declinesPerHour, limits.declinesPerDay)
  const declines = await readDeclines(db, workspaceId, nowMs, most)
  const endMs = findDeclineLimitEnd(declines, limits, nowMs)
  if (endMs === null) return
  throw new Problem(
    paymentProblems.too_many_declines,
    'Too many payments of this workspace were declined. Nothing was charged. Wait before you try again, or ask your bank why it declines.',
    { retryAfterSeconds: Math.ceil((endMs - nowMs) / SECOND_MS) },
  )
}

/**
 * Counts one more card that is added. The caller holds the workspace's lock.
 *
 * @throws Problem `too_many_declines`, `too_many_cards`
 */
export async function countCardRequest(
  tx: Tx,
  workspaceId: string,
  limits: CardLimits,
  nowMs: number,
): Promise<void> {
  await requireFewDeclines(tx, workspaceId, limits, nowMs)
  const oldestThatCounts = (await readCardRequests(tx, workspaceId, nowMs)).at(-limits.cardsPerDay)
  if (oldestThatCounts !== undefined) {
    throw new Problem(
      paymentProblems.too_many_cards,
      `A workspace may add ${limits.cardsPerDay} cards a day. Wait before you add another one.`,
      { retryAfterSeconds: Math.ceil((oldestThatCounts + DAY_MS - nowMs) / SECOND_MS) },
    )
  }
  await recordCardRequest(tx, workspaceId, nowMs)
}
