import { createKey } from '../server/src/access/index.ts'
import { createAgent } from '../server/src/agents/index.ts'
import type { CallEngineDeps } from '../server/src/calls/engine.ts'
import { type CallEngine, chargeUntilBoundary, createCallEngine } from '../server/src/calls/index.ts'
import { verifyBooks } from '../server/src/cli/verify-books.ts'
import { createBoundaries } from '../server/src/ledger/index.ts'
import { loadCatalog, renewSubscription } from '../server/src/plans/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import type { Database } from '../server/src/platform/database/database.ts'
import { publicId } from '../server/src/public-ids.ts'
import { createWorkspace } from '../server/src/workspaces/index.ts'
import type { Caller } from './load/whole-call.ts'

/** A workspace with an agent and a key, under its UUIDs and as callers know it. */
export type TestWorkspace = {
  readonly workspaceId: string
  readonly agentId: string
  readonly caller: Caller
}

/** Makes workspaces of the largest plan: 10,000 credits, any number of calls at once. */
export async function createTenants(database: Database, count: number): Promise<TestWorkspace[]> {
  await loadCatalog(database)
  const names = Array.from({ length: count }, (_, index) => `Workspace ${index + 1}`).values()
  const testWorkspaces: TestWorkspace[] = []
  const makers = Array.from({ length: 8 }, async () => {
    for (const name of names) testWorkspaces.push(await createTenant(database, name))
  })
  await Promise.all(makers)
  return testWorkspaces
}

function createTenant(database: Database, name: string): Promise<TestWorkspace> {
  const nowMs = systemClock.now()
  return database.transaction(async (tx) => {
    const workspaceId = await createWorkspace(tx, { name, timeZone: 'UTC', planId: 'enterprise' }, nowMs)
    const agent = await createAgent(tx, workspaceId, agentFields, nowMs)
    const { key } = await createKey(tx, { name: 'Voice stack', workspaceId }, nowMs)
    return { workspaceId, agentId: agent.id, caller: { key, agentId: publicId('agent', agent.id) } }
  })
}

const agentFields = {
  name: 'Agent',
  language: 'en-US',
  phoneNumber: null,
  llmProvider: 'openai',
  llmModel: 'gpt-5',
  voiceEndpoint: null,
}

/**
 * The engine as the server makes it.
 *
 * @param deps what is different; unless told, nobody watches where balances go
 */
export function openEngine(
  database: Database,
  deps: Pick<CallEngineDeps, 'onLines' | 'openPipeline'> = {},
): CallEngine {
  const boundaries = createBoundaries(database, { chargeUntilBoundary, renew: renewSubscription })
  return createCallEngine({ database, clock: systemClock, boundaries, ...deps })
}

/** Throws unless everything that `talktime verify` checks adds up. */
export async function requireCleanBooks(database: Database): Promise<void> {
  const differences = await database.transaction(verifyBooks)
  const [first] = differences
  if (first === undefined) return
  throw new Error(`verify found ${differences.length} differences, such as ${first.check}: ${first.detail}`)
}
