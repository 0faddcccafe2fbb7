import { createKey } from '../server/src/access/index.ts'
import { createAgent } from '../server/src/agents/index.ts'
import type { CallEngine } from '../server/src/calls/index.ts'
import { verifyBooks } from '../server/src/cli/verify-books.ts'
import { loadCatalog } from '../server/src/plans/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import type { Database } from '../server/src/platform/database/database.ts'
import { publicId } from '../server/src/public-ids.ts'
import { openQuietRooms, type QuietRoomsOptions } from '../server/src/quiet-rooms.ts'
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
 * @param deps what is different; by default nobody hears of its commits
 */
export function openEngine(
  database: Database,
  deps: Pick<QuietRoomsOptions, 'commits' | 'openPipeline'> = {},
): CallEngine {
  return openQuietRooms({ database, clock: systemClock, ...deps }).engine
}

/** Throws unless everything that `talktime verify` checks adds up. */
export async function requireCleanBooks(database: Database): Promise<void> {
  const differences = await database.transaction(verifyBooks)
  const [first] = differences
  if (first === undefined) return
  throw new Error(`verify found ${differences.length} differences, such as ${first.check}: ${first.detail}`)
}
