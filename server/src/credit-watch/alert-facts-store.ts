import { uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable } from '../platform/database/database.ts'

/** What alerts say about a workspace beside its balance line. */
export type AlertFacts = {
  readonly workspaceId: string
  readonly timeZone: string
  /** Whether the plan may buy credits. */
  readonly planPaid: boolean
  /** When the billing cycle ends. */
  readonly resetsAtMs: number
  /** Auto-reload buys below this balance. null: it is off. */
  readonly reloadBelowMs: number | null
}

/** Loads the facts for alerts of several workspaces, by their UUIDs. */
export async function loadAlertFacts(
  db: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, AlertFacts>> {
  const { rows } = await db.query<AlertFacts>({
    name: 'credit_watch_alert_facts',
    text: `
      select w.id as "workspaceId", w.time_zone as "timeZone", (s.terms ->> 'paid')::boolean as "planPaid",
             s.cycle_ends_at_ms as "resetsAtMs",
             case when r.enabled then r.threshold_ms end as "reloadBelowMs"
      from workspaces w
      join subscriptions s on s.workspace_id = w.id
      left join auto_reload_settings r on r.workspace_id = w.id
      where w.id = any($1::uuid[])`,
    values: [uuidArray(workspaceIds, (id) => id)],
  })
  return new Map(rows.map((facts) => [facts.workspaceId, facts]))
}
