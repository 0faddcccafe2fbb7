import {
  type AutoReloadSituation,
  type Decline,
  RELOADS_PER_HOUR_MAX,
} from '@talktime/core/auto-reload/auto-reload'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { findLocalMonthBounds } from '@talktime/core/time/local-month'
import { accessProblems } from '../access/index.ts'
import type { LineRow } from '../ledger/index.ts'
import {
  nthNewestAtMs,
  type PaymentMethod,
  type Payments,
  type PurchaseRef,
  priceOf,
  requirePackage,
  spentMinor,
} from '../payments/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { lastMade, type MadeAttempt } from './attempt-store.ts'
import type { Choice, Settings } from './settings-store.ts'

const HOUR_MS = 60 * 60_000

/** What one reload is and costs. */
export type Reload = ReturnType<typeof priceOf>

/** Everything that a decision rests on, and what its sentences say. */
export type Facts = {
  readonly choice: Choice
  readonly reload: Reload
  readonly timeZone: string
  /** The card that would be charged. */
  readonly method: PaymentMethod | undefined
  readonly situation: AutoReloadSituation
  /** The first and the last of the declines that count. */
  readonly firstDecline: MadeAttempt | undefined
  readonly lastDecline: MadeAttempt | undefined
  /** Waits for the customer's confirmation although its card, or the settings, were changed since. */
  readonly outdated: PurchaseRef | undefined
}

type FactsOf = Choice & Pick<Settings, 'declinesAfterSeq'>

/**
 * Reads what has to be known, in the caller's transaction: under the line's lock to decide, in one snapshot to show.
 * Boundaries that are due must have been caught up with.
 */
export async function loadFacts(
  payments: Payments,
  tx: Queryable,
  line: LineRow,
  settings: FactsOf,
  nowMs: number,
): Promise<Facts> {
  const { workspaceId } = line
  const [workspace, pack, method, made] = await Promise.all([
    loadWorkspace(tx, workspaceId),
    requirePackage(tx, settings.packageId),
    payments.defaultMethod(tx, workspaceId),
    lastMade(tx, workspaceId),
  ])
  const month = findLocalMonthBounds(nowMs, workspace.timeZone)
  const spentThisMonthMinor = await spentMinor(tx, workspaceId, {
    origin: 'auto_reload',
    sinceMs: month.startsAtMs,
  })
  const tenthAtMs = await nthNewestAtMs(tx, workspaceId, {
    origin: 'auto_reload',
    sinceMs: nowMs - HOUR_MS,
    n: RELOADS_PER_HOUR_MAX,
  })
  const reload = priceOf(pack, settings.quantity)
  const declined = declinesThatCount(made, settings, method)
  const open = made[0]
  const waits = open?.status === 'requires_action'
  const outdated = waits && !declined.includes(open)
  return {
    choice: settings,
    reload,
    timeZone: workspace.timeZone,
    method,
    firstDecline: declined[0],
    lastDecline: declined.at(-1),
    outdated: outdated ? { workspaceId, id: open.purchaseId } : undefined,
    situation: {
      settings: { ...settings, priceMinor: reload.amountMinor },
      balanceMs: balanceAt(line, nowMs),
      planPaid: workspace.planPaid,
      workspaceActive: workspace.active,
      hasCard: method !== undefined,
      inFlight: open?.status === 'pending' || outdated,
      spentThisMonthMinor,
      monthEndsAtMs: month.endsAtMs,
      hourFullUntilMs: tenthAtMs === null ? null : tenthAtMs + HOUR_MS,
      declines: declined.map(declineOf),
    },
  }
}

/**
 * Declines of the card that would be charged now, since the last success and the last saving; oldest first. They are
 * read from the purchases each time, so that none is lost or counted twice, whenever a server stops.
 */
function declinesThatCount(
  made: readonly MadeAttempt[],
  { declinesAfterSeq }: FactsOf,
  method: PaymentMethod | undefined,
): MadeAttempt[] {
  const success = made.findIndex(({ status }) => status === 'succeeded')
  const sinceSuccess = success === -1 ? made : made.slice(0, success)
  return sinceSuccess
    .filter(({ status }) => status !== 'pending')
    .filter(({ seq }) => seq > declinesAfterSeq)
    .filter(({ paymentMethodId }) => paymentMethodId === method?.id)
    .toReversed()
}

function declineOf({ atMs, declineClass }: MadeAttempt): Decline {
  return { atMs, class: declineClass ?? 'hard' }
}

type WorkspaceFacts = { timeZone: string; active: boolean; planPaid: boolean }

async function loadWorkspace(db: Queryable, workspaceId: string): Promise<WorkspaceFacts> {
  const { rows } = await db.query<WorkspaceFacts>(
    `select w.time_zone as "timeZone", w.status = 'active' as active, (s.terms ->> 'paid')::boolean as "planPaid"
     from workspaces w join subscriptions s on s.workspace_id = w.id where w.id = $1`,
    [workspaceId],
  )
  const workspace = rows[0]
  if (workspace === undefined)
    throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return workspace
}
