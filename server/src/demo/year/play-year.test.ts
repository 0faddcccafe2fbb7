import { msFromCredits } from '@talktime/core/billing/credits'
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

const dayMs = 24 * 60 * 60_000

const nobody: YearActor = {
  dueAtMs: () => null,
  look: async () => false,
  passedBoundary: async () => {},
  hear: () => {},
}

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A week of calls in a workspace whose credits end before it does; what became of each call. */
async function playWeek(commandsAtOnceMax: number) {
  const { database, clock } = world
  const workspace = await world.workspace({ monthlyMs: msFromCredits(190), timeZone: 'America/New_York' })
  const { workspaceId, agentId } = workspace
  const monthStartsAtMs = clock.now()
  // The reset of 10 February comes in the middle of the week.
  const startsAtMs = monthStartsAtMs + 28 * dayMs
  const endsAtMs = startsAtMs + 6 * dayMs
  const calls = planYear({ seed: 5, timeZone: 'America/New_York', startsAtMs, endsAtMs })
  await database.transaction((tx) =>
    playYear({
      world: openYearWorld({ database, tx, startsAtMs, config: quietConfig, log: createLog('silent') }),
      workspaceId,
      endsAtMs,
      commands: planCommands({ workspaceId, calls, agentIdOf: () => agentId }),
      caretaker: nobody,
      signal: new AbortController().signal,
      commandsAtOnceMax,
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

describe('history', () => {
  test('comes out the same whether its commands go together or one by one', async () => {
    const together = await playWeek(500)
    const oneByOne = await playWeek(1)
    expect(together).toEqual(oneByOne)
    const statuses = together.map(({ status }) => status)
    expect(statuses.filter((status) => status === 'refused').length).toBeGreaterThan(20)
    expect(statuses.filter((status) => status === 'ended').length).toBeGreaterThan(100)
    expect(await verifyAll(world.database)).toEqual([])
  }, 60_000)

  test('breaks off when it is told to', async () => {
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
        endsAtMs: startsAtMs + dayMs,
        commands: [],
        caretaker: nobody,
        signal: AbortSignal.abort(new Error('stopped')),
      }),
    )
    await expect(stopped).rejects.toThrow('stopped')
  })

  test('has agents of many kinds', () => {
    expect(new Set(DEMO_AGENTS.map(({ language }) => language)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(DEMO_AGENTS.map(({ llmProvider }) => llmProvider)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(DEMO_AGENTS.map(({ name }) => name)).size).toBe(DEMO_AGENTS.length)
  })
})
