import { cutLiveCalls } from '../server/src/calls/cut.ts'
import { type CallEngine, createCallEngine } from '../server/src/calls/engine.ts'
import { createBoundaries } from '../server/src/ledger/index.ts'
import { loadCatalogue, openSubscription, renewSubscription } from '../server/src/plans/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import type { Database } from '../server/src/platform/database/database.ts'
import { newUuid } from '../server/src/platform/ids.ts'

export type Tenant = { readonly workspaceId: string; readonly agentId: string }

/** Makes workspaces of the largest plan (10,000 credits, any number of calls at once) with an agent each. */
export async function createTenants(database: Database, count: number): Promise<Tenant[]> {
  await loadCatalogue(database)
  const nowMs = systemClock.now()
  const tenants: Tenant[] = []
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const makers = Array.from({ length: 8 }, async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop())
      tenants.push(await createTenant(database, number, nowMs))
  })
  await Promise.all(makers)
  return tenants
}

function createTenant(database: Database, number: number, nowMs: number): Promise<Tenant> {
  const tenant = { workspaceId: newUuid(nowMs), agentId: newUuid(nowMs) }
  return database.transaction(async (tx) => {
    await tx.query(`insert into workspaces (id, name, time_zone, created_at_ms) values ($1, $2, 'UTC', $3)`, [
      tenant.workspaceId,
      `Bench ${number}`,
      nowMs,
    ])
    await openSubscription(tx, { ...tenant, planId: 'enterprise', timeZone: 'UTC' }, nowMs)
    await tx.query(
      `insert into agents (workspace_id, id, name, language, llm_provider, llm_model, created_at_ms)
       values ($1, $2, 'Bench', 'en', 'openai', 'gpt-5', $3)`,
      [tenant.workspaceId, tenant.agentId, nowMs],
    )
    return tenant
  })
}

/** The engine as the server makes it. */
export function openEngine(database: Database): CallEngine {
  const boundaries = createBoundaries(database, { cutLiveCalls, renew: renewSubscription })
  return createCallEngine({ database, clock: systemClock, boundaries })
}
