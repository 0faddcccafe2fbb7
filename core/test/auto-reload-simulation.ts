import {
  type AutoReloadDecision,
  type AutoReloadSituation,
  type Decline,
  decideAutoReload,
} from '../src/auto-reload/auto-reload.ts'
import { MS_PER_CREDIT } from '../src/billing/credits.ts'
import { HOUR_MS } from '../src/time/durations.ts'

export const nowMs = Date.UTC(2026, 10, 22, 10)

/** On, with a paid plan and a card, and a balance just below its threshold. A reload is 2 × 100 credits for $24.00. */
export const ordinarySituation: AutoReloadSituation = {
  settings: { enabled: true, thresholdMs: 20 * MS_PER_CREDIT, priceMinor: 2400, monthlyCapMinor: 24_000 },
  balanceMs: 20 * MS_PER_CREDIT - 1,
  planPaid: true,
  workspaceActive: true,
  hasCard: true,
  inFlight: false,
  spentThisMonthMinor: 0,
  monthEndsAtMs: Date.UTC(2026, 11, 1),
  hourFullUntilMs: null,
  declines: [],
}

export type SimulatedAttempt = { readonly atMs: number; readonly isDeclined: boolean }

/**
 * Decides once an hour with a balance that stays low.
 *
 * @param declineCard how the card declines the attempt with this index; null: it is charged
 */
export function simulateAutoReload(
  start: AutoReloadSituation,
  hours: number,
  declineCard: (attempt: number) => Decline['class'] | null,
) {
  const attempts: SimulatedAttempt[] = []
  const decisions: AutoReloadDecision[] = []
  let situation = start
  for (let hour = 0; hour < hours; hour++) {
    const atMs = nowMs + hour * HOUR_MS
    const decision = decideAutoReload(situation, atMs)
    decisions.push(decision)
    if (decision.action !== 'buy') continue
    const declineClass = declineCard(attempts.length)
    attempts.push({ atMs, isDeclined: declineClass !== null })
    situation =
      declineClass === null ? recordSuccess(situation) : recordDecline(situation, atMs, declineClass)
  }
  return { attempts, decisions, situation }
}

function recordSuccess(situation: AutoReloadSituation): AutoReloadSituation {
  const spentThisMonthMinor = situation.spentThisMonthMinor + situation.settings.priceMinor
  return { ...situation, declines: [], spentThisMonthMinor }
}

function recordDecline(
  situation: AutoReloadSituation,
  atMs: number,
  declineClass: Decline['class'],
): AutoReloadSituation {
  return { ...situation, declines: [...situation.declines, { atMs, class: declineClass }] }
}
