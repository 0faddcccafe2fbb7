import {
  type AutoReloadSituation,
  type Decline,
  RELOADS_PER_HOUR_MAX,
} from '@talktime/core/auto-reload/auto-reload'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { HOUR_MS } from '@talktime/core/time/durations'
import { findLocalMonthBounds } from '@talktime/core/time/local-month'
import type { LineRow } from '../ledger/index.ts'
import {
  findNthNewestAtMs,
  type PaymentMethod,
  type Payments,
  type PurchaseRef,
  pricePackages,
  requirePackage,
  sumSpentMinor,
} from '../payments/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { listMadeAttempts, type MadeAttempt } from './attempt-store.ts'
import type { Choice, Settings } from './settings-store.ts'
import { requireReloadWorkspace } from './workspace-store.ts'

/** What one reload contains and costs. */
export type Reload = ReturnType<typeof pricePackages>

/** Everything that a decision and the messages about it depend on. */
export type ReloadSituation = {
  readonly choice: Choice
  readonly reload: Reload
  readonly timeZone: string
  /** The card that would be charged. */
  readonly method: PaymentMethod | undefined
  /** What core decides on. */
  readonly decisionInput: AutoReloadSituation
  /** The first of the declines that count. */
  readonly firstDecline: MadeAttempt | undefined
  /** The last of the declines that count. */
  readonly lastDecline: MadeAttempt | undefined
  /** A purchase that waits for a confirmation although its card, or the settings, have changed since. */
  readonly outdated: PurchaseRef | undefined
}

/** The settings that a situation depends on. */
type SituationSettings = Choice & Pick<Settings, 'declinesAfterSeq'>

/**
 * Loads the situation of a workspace in the caller's transaction: under the line's lock in order to decide, in one
 * snapshot in order to show it. Boundaries that are due must have been passed.
 */
export async function loadSituation(
  payments: Payments,
  tx: Queryable,
  line: LineRow,
  settings: SituationSettings,
  nowMs: number,
): Promise<ReloadSituation> {
  const { workspaceId } = line
  const [workspace, pack, method, attempts] = await Promise.all([
    requireReloadWorkspace(tx, workspaceId),
    requirePackage(tx, settings.packageId),
    payments.findDefaultMethod(tx, workspaceId),
    listMadeAttempts(tx, workspaceId),
  ])
  const month = findLocalMonthBounds(nowMs, workspace.timeZone)
  const spentThisMonthMinor = await sumSpentMinor(tx, workspaceId, {
    origin: 'auto_reload',
    sinceMs: month.startsAtMs,
  })
  const nthNewestAtMs = await findNthNewestAtMs(tx, workspaceId, {
    origin: 'auto_reload',
    sinceMs: nowMs - HOUR_MS,
    n: RELOADS_PER_HOUR_MAX,
  })
  const reload = pricePackages(pack, settings.quantity)
  const declines = findCountingDeclines(attempts, settings, method)
  const newest = attempts[0]
  const isOutdated = newest?.status === 'requires_action' && !declines.includes(newest)
  return {
    choice: settings,
    reload,
    timeZone: workspace.timeZone,
    method,
    firstDecline: declines[0],
    lastDecline: declines.at(-1),
    outdated: isOutdated ? { workspaceId, id: newest.purchaseId } : undefined,
    decisionInput: {
      settings: { ...settings, priceMinor: reload.amountMinor },
      balanceMs: balanceAt(line, nowMs),
      planPaid: workspace.planPaid,
      workspaceActive: workspace.active,
      hasCard: method !== undefined,
      inFlight: newest?.status === 'pending' || isOutdated,
      spentThisMonthMinor,
      monthEndsAtMs: month.endsAtMs,
      hourFullUntilMs: nthNewestAtMs === null ? null : nthNewestAtMs + HOUR_MS,
      declines: declines.map(readDecline),
    },
  }
}

/**
 * Finds the declines of the card that would be charged now, since the last success and since the settings were saved,
 * oldest first. They are read from the purchases each time, so none is lost or counted twice when a server stops.
 */
function findCountingDeclines(
  attempts: readonly MadeAttempt[],
  { declinesAfterSeq }: SituationSettings,
  method: PaymentMethod | undefined,
): MadeAttempt[] {
  const success = attempts.findIndex(({ status }) => status === 'succeeded')
  const sinceSuccess = success === -1 ? attempts : attempts.slice(0, success)
  return sinceSuccess
    .filter(({ status }) => status !== 'pending')
    .filter(({ seq }) => seq > declinesAfterSeq)
    .filter(({ paymentMethodId }) => paymentMethodId === method?.id)
    .toReversed()
}

function readDecline({ atMs, declineClass }: MadeAttempt): Decline {
  return { atMs, class: declineClass ?? 'hard' }
}
