import { type AutoReloadDecision, decideAutoReload } from '@talktime/core/auto-reload/auto-reload'
import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { readLine } from '../ledger/index.ts'
import { listPackages, planProblems } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { type Attempt, listAttempts } from './attempt-store.ts'
import type { RequestDeps } from './deps.ts'
import { loadSituation, type ReloadSituation } from './load-situation.ts'
import { type ForecastOvernight, type Recommendation, recommend } from './recommendation.ts'
import { type Choice, findSettings } from './settings-store.ts'

/** Auto-reload of a workspace as it is now. */
export type AutoReloadStatus = {
  readonly situation: ReloadSituation
  readonly decision: AutoReloadDecision
  readonly recommendation: Recommendation
  readonly lastAttempt: Attempt | undefined
}

const DEFAULT_THRESHOLD_MS = 20 * MS_PER_CREDIT

export type ReadAutoReloadDeps = RequestDeps & { readonly forecastOvernight: ForecastOvernight }

/**
 * Reads the settings, what would be decided now, and why.
 *
 * @throws Problem `workspace_not_found`
 */
export async function readAutoReload(
  deps: ReadAutoReloadDeps,
  workspaceId: string,
): Promise<AutoReloadStatus> {
  const { database, clock, ledger, payments, forecastOvernight } = deps
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  return database.transaction(async (tx) => {
    // One snapshot, so that balance, purchases and settings belong together.
    await tx.query('set transaction isolation level repeatable read read only')
    const line = await readLine(tx, workspaceId)
    const settings = (await findSettings(tx, workspaceId)) ?? {
      ...(await loadDefaultChoice(tx)),
      declinesAfterSeq: 0,
    }
    const situation = await loadSituation(payments, tx, line, settings, nowMs)
    const [lastAttempt] = await listAttempts(tx, workspaceId, { limit: 1, beforeSeq: null })
    const overnight = await forecastOvernight(tx, workspaceId, nowMs)
    return {
      situation,
      decision: decideAutoReload(situation.decisionInput, nowMs),
      recommendation: await recommend(tx, workspaceId, overnight, nowMs),
      lastAttempt,
    }
  })
}

/** The settings of a workspace that never saved any: auto-reload is off. */
async function loadDefaultChoice(db: Queryable): Promise<Choice> {
  const [pack] = await listPackages(db)
  if (pack === undefined) {
    throw new Problem(planProblems.package_not_found, 'The catalog has no package of credits to buy.')
  }
  const thresholdMs = DEFAULT_THRESHOLD_MS
  return { enabled: false, thresholdMs, packageId: pack.id, quantity: 1, monthlyCapMinor: null }
}
