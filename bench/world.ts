import { createKey } from '../server/src/access/index.ts'
import { createAgent } from '../server/src/agents/index.ts'
import { type CallEngine, type CallEngineDeps, createCallEngine } from '../server/src/calls/engine.ts'
import { verifyBooks } from '../server/src/cli/verify-books.ts'
import { loadCatalog } from '../server/src/plans/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { createSilentCommits } from '../server/src/platform/commits.ts'
import type { Database } from '../server/src/platform/database/database.ts'
import { publicId } from '../server/src/public-ids.ts'
import { openQuietRooms } from '../server/src/quiet-rooms.ts'
import { createWorkspace } from '../server/src/workspaces/index.ts'
import type { Caller } from './load/make-call.ts'

/** A workspace with an agent and an API key: by its UUIDs, and as API clients know it. */
export type TestWorkspace = {
  readonly workspaceId: string
  readonly agentId: string
  readonly caller: Caller
}

/** Creates workspaces on the largest plan: 10,000 credits, any number of calls at once. */
export async function createTestWorkspaces(database: Database, count: number): Promise<TestWorkspace[]> {
  await loadCatalog(database)
  const names = Array.from({ length: count }, (_, index) => `Workspace ${index + 1}`).values()
  const testWorkspaces: TestWorkspace[] = []
  const workers = Array.from({ length: 8 }, async () => {
    for (const name of names) testWorkspaces.push(await createTestWorkspace(database, name))
  })
  await Promise.all(workers)
  return testWorkspaces
}

function createTestWorkspace(database: Database, name: string): Promise<TestWorkspace> {
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
 * Opens a call engine. Only the engine gets `commits`: the other rooms would act on them, too.
 *
 * @param deps replaces parts of it. By default its commits are published to nobody
 */
export function openBenchEngine(
  database: Database,
  deps: Partial<Pick<CallEngineDeps, 'commits' | 'openPipeline'>> = {},
): CallEngine {
  const { ledger } = openQuietRooms({ database, clock: systemClock })
  return createCallEngine({ database, clock: systemClock, ledger, commits: createSilentCommits(), ...deps })
}

/** Throws if a check of `talktime verify` finds a difference. */
export async function requireCleanBooks(database: Database): Promise<void> {
  const differences = await database.transaction(verifyBooks)
  const [first] = differences
  if (first === undefined) return
  throw new Error(`verify found ${differences.length} differences, such as ${first.check}: ${first.detail}`)
}
