import { creditsFromMs } from '@talktime/core/billing/credits'
import type { Actor, AuditSource } from '../access/index.ts'
import { addAudit, addEvent } from '../ledger/index.ts'
import { pricePackages, requirePackage } from '../payments/index.ts'
import { planProblems, requireSubscription } from '../plans/index.ts'
import type { Money } from '../platform/http/money.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { formatMoney } from '../platform/text-format.ts'
import type { RequestDeps } from './deps.ts'
import { type Choice, findSettings, saveChoice } from './settings-store.ts'
import { watchThreshold } from './watch-threshold.ts'

/** What the customer wants to save. */
export type WantedChoice = Omit<Choice, 'monthlyCapMinor'> & { readonly monthlyCap: Money | null }

/**
 * Saves what the customer chose, which forgives earlier declines. It buys nothing: call `decide` next.
 *
 * @throws Problem `plan_required`, `package_not_found`, or `invalid_request` for a cap below the price of one reload
 */
export async function saveAutoReload(
  { ledger }: Pick<RequestDeps, 'ledger'>,
  workspaceId: string,
  wanted: WantedChoice,
  by: AuditSource & { readonly actor: Actor },
): Promise<void> {
  await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const { terms } = await requireSubscription(tx, workspaceId)
    if (!terms.paid) {
      const detail = `Paid plan required: the ${terms.name} plan cannot use auto-reload. Change to a paid plan first.`
      throw new Problem(planProblems.plan_required, detail)
    }
    const reload = pricePackages(await requirePackage(tx, wanted.packageId), wanted.quantity)
    const { monthlyCap, ...choice } = wanted
    const monthlyCapMinor = monthlyCap === null ? null : requireCapMinor(monthlyCap, reload)
    const before = await findSettings(tx, workspaceId)
    const saved = { ...choice, monthlyCapMinor }
    await saveChoice(tx, workspaceId, saved, { by: by.actor, atMs: nowMs })
    watchThreshold(unit, null)
    addEvent(unit, 'auto_reload')
    addAudit(unit, by, {
      action: 'auto_reload.changed',
      target: { kind: 'auto_reload', id: workspaceId },
      before: before && readChoice(before, reload.currency),
      after: readChoice(saved, reload.currency),
    })
  })
}

/** What the audit log says about a choice. */
function readChoice(
  { enabled, thresholdMs, packageId, quantity, monthlyCapMinor }: Choice,
  currency: string,
) {
  const monthlyCap = monthlyCapMinor === null ? null : { minor: monthlyCapMinor, currency }
  return { enabled, thresholdCredits: creditsFromMs(thresholdMs), packageId, quantity, monthlyCap }
}

function requireCapMinor(cap: Money, reload: ReturnType<typeof pricePackages>): number {
  const { amountMinor, currency } = reload
  if (cap.currency !== currency) {
    throw invalid(
      '/monthlyCap/currency',
      `"monthlyCap.currency" must be ${currency}, as the package's price is.`,
    )
  }
  if (cap.minor >= amountMinor) return cap.minor
  throw invalid(
    '/monthlyCap/minor',
    `"monthlyCap.minor" must be at least ${amountMinor}: one reload costs ${formatMoney(amountMinor, currency)}.`,
  )
}
