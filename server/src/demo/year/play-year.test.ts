import { msFromCredits } from '@talktime/core/billing/credits'
import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, verifyAll, type World } from '../../../test/world.ts'
import { createLog } from '../../platform/log.ts'
import { quietConfig } from '../../quiet-rooms.ts'
import { DEMO_AGENTS } from '../demo-agents.ts'
import { playYear } from './play-year.ts'
import type { YearActor } from './year-actor.ts'
import { planCommands } from './year-commands.ts'
import { planYear } from './year-plan.ts'
import { openYearWorld } from './year-world.ts'

const idleActor: YearActor = {
  findDueAtMs: () => null,
  act: async () => false,
  onBoundary: async () => {},
  onOutcomes: () => {},
}

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** Plays a week of calls in a workspace that runs out of credits before its end. Returns the rows of all calls. */
async function playWeek(batchLengthMax: number) {
  const { database, clock } = world
  const workspace = await world.workspace({ monthlyMs: msFromCredits(190), timeZone: 'America/New_York' })
  const { workspaceId, agentId } = workspace
  const monthStartsAtMs = clock.now()
  // The cycle resets on February 10, in the middle of the week.
  const startsAtMs = monthStartsAtMs + 28 * DAY_MS
  const endsAtMs = startsAtMs + 6 * DAY_MS
  const calls = planYear({ seed: 5, timeZone: 'America/New_York', startsAtMs, endsAtMs })
  await database.transaction((tx) =>
    playYear({
      world: openYearWorld({ database, tx, startsAtMs, config: quietConfig, log: createLog('silent') }),
      workspaceId,
      endsAtMs,
      commands: planCommands({ workspaceId, calls, findAgentId: () => agentId }),
      actor: idleActor,
      signal: new AbortController().signal,
      batchLengthMax,
    }),
  )
  const { rows } = await database.query(
    `select external_id, status, refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
            settled_ms, cardinality(entry_seqs) as entries
     from calls where workspace_id = $1 order by external_id`,
    [workspaceId],
  )
  return rows
}

describe('the year', () => {
  test('is identical whether its commands are decided in batches or one by one', async () => {
    const inBatches = await playWeek(500)
    const oneByOne = await playWeek(1)
    expect(inBatches).toEqual(oneByOne)
    const statuses = inBatches.map(({ status }) => status)
    expect(statuses.filter((status) => status === 'refused').length).toBeGreaterThan(20)
    expect(statuses.filter((status) => status === 'ended').length).toBeGreaterThan(100)
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test('is interrupted when the signal aborts', async () => {
    const { workspaceId } = await world.workspace()
    const startsAtMs = world.clock.now()
    const stopped = world.database.transaction((tx) =>
      playYear({
        world: openYearWorld({
          database: world.database,
          tx,
          startsAtMs,
          config: quietConfig,
          log: createLog('silent'),
        }),
        workspaceId,
        endsAtMs: startsAtMs + DAY_MS,
        commands: [],
        actor: idleActor,
        signal: AbortSignal.abort(new Error('stopped')),
      }),
    )
    await expect(stopped).rejects.toThrow('stopped')
  })

  test('has agents with several languages and LLM providers', () => {
    expect(new Set(DEMO_AGENTS.map(({ language }) => language)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(DEMO_AGENTS.map(({ llmProvider }) => llmProvider)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(DEMO_AGENTS.map(({ name }) => name)).size).toBe(DEMO_AGENTS.length)
  })
})
