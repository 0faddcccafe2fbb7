import { type AutoReloadDecision, decideAutoReload } from '@talktime/core/auto-reload/auto-reload'
import { readLine } from '../ledger/index.ts'
import { listPackages, planProblems } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { type Attempt, listAttempts } from './attempt-store.ts'
import type { RequestDeps } from './deps.ts'
import { type Facts, loadFacts } from './load-situation.ts'
import { type ForecastOvernight, type Recommendation, recommend } from './recommendation.ts'
import { type Choice, findSettings } from './settings-store.ts'

/** Auto-reload as it is now. */
export type View = {
  readonly facts: Facts
  readonly decision: AutoReloadDecision
  readonly recommendation: Recommendation
  readonly lastAttempt: Attempt | undefined
}

export type ViewDeps = RequestDeps & { readonly forecastOvernight: ForecastOvernight }

/** What would be decided now, and on what. Throws `workspace_not_found`. */
export async function readAutoReload(deps: ViewDeps, workspaceId: string): Promise<View> {
  const { database, clock, ledger, payments, forecastOvernight } = deps
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  return database.transaction(async (tx) => {
    // One snapshot: the balance, the purchases and the settings have to belong together.
    await tx.query('set transaction isolation level repeatable read read only')
    const line = await readLine(tx, workspaceId)
    const settings = (await findSettings(tx, workspaceId)) ?? {
      ...(await unsavedChoice(tx)),
      declinesAfterSeq: 0,
    }
    const facts = await loadFacts(payments, tx, line, settings, nowMs)
    const [lastAttempt] = await listAttempts(tx, workspaceId, { limit: 1, beforeSeq: null })
    const overnight = await forecastOvernight(tx, workspaceId, nowMs)
    return {
      facts,
      decision: decideAutoReload(facts.situation, nowMs),
      recommendation: await recommend(tx, workspaceId, overnight, nowMs),
      lastAttempt,
    }
  })
}

/** What a workspace has that never saved anything: off. */
async function unsavedChoice(db: Queryable): Promise<Choice> {
  const [pack] = await listPackages(db)
  if (pack === undefined) {
    throw new Problem(
      planProblems.package_not_found,
      'The catalogue has no package of credits that could be bought.',
    )
  }
  return { enabled: false, thresholdMs: 20 * 60_000, packageId: pack.id, quantity: 1, monthlyCapMinor: null }
}
