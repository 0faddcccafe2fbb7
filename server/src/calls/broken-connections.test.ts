import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  callOf,
  callOfAMinute,
  callsByStatus,
  openWorld,
  startOf,
  verifyAll,
  type World,
} from '../../test/world.ts'
import { type Database, openDatabase } from '../platform/database/database.ts'
import type { CallCommand, CallOutcome } from './command.ts'

const minuteMs = 60_000

let world: World
let killer: Database
beforeAll(async () => {
  world = await openWorld()
  killer = openDatabase({ ...world.database.connection, database: 'postgres' }, { connectionsMax: 1 })
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(async () => {
  await killer.close()
  await world.close()
})

const chargedMs = (outcome: CallOutcome | undefined) => callOf(outcome).facts.settledMs

describe('when connections to the database break', () => {
  /** Breaks the database's connections of a kind. Returns how many there were. */
  async function kill(which: string): Promise<number> {
    const { rowCount } = await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and ${which}`,
      [world.database.connection.database],
    )
    return rowCount ?? 0
  }

  test('between the writes of a batch, none of it is there, and its commands are carried out again', async () => {
    const workspace = await world.workspace()
    await world.engine.submit(startOf(workspace))
    // Whoever writes events has to wait: calls and entries are written by then, and COMMIT is on its way.
    const blocked = await world.database.transaction(async (tx) => {
      await tx.query('lock table events in exclusive mode')
      const results = callOfAMinute(world, workspace).map((command) => world.engine.submit(command))
      while ((await kill(`wait_event_type = 'Lock'`)) === 0);
      const { rows } = await tx.query(
        'select 1 from calls where answered_at_ms is not null and workspace_id = $1',
        [workspace.workspaceId],
      )
      expect(rows).toEqual([])
      return { results }
    })
    const outcomes = await Promise.all(blocked.results)
    expect(chargedMs(outcomes[2])).toBe(minuteMs)
    expect((await world.balance(workspace)).balanceMs).toBe(29 * minuteMs)
  })

  test('under a single command, it fails, nothing of it is there, and its repeat is carried out', async () => {
    const workspace = await world.workspace()
    const start = startOf(workspace)
    const failed = await world.database.transaction(async (tx) => {
      await tx.query('lock table events in exclusive mode')
      const [result] = await Promise.all([
        world.engine.submit(start).catch((error: Error) => error.message),
        (async () => {
          while ((await kill(`wait_event_type = 'Lock'`)) === 0);
        })(),
      ])
      return result
    })
    expect(failed).toMatch(/terminat/)
    expect(await callsByStatus(world, workspace)).toEqual({})
    expect(callOf(await world.engine.submit(start)).id).toBe(start.callId)
    expect(await callsByStatus(world, workspace)).toEqual({ authorized: 1 })
  })

  test('at any moment, whatever was answered is there, once', async () => {
    const workspace = await world.workspace({ monthlyMs: 600 * minuteMs, concurrentCallsMax: null })

    /** Sends a command until it is answered, as a voice stack does. */
    async function insist(command: CallCommand): Promise<CallOutcome> {
      return world.engine.submit(command).catch(() => insist(command))
    }

    async function wholeCall(): Promise<number> {
      let last: CallOutcome | undefined
      for (const command of callOfAMinute(world, workspace)) last = await insist(command)
      return chargedMs(last)
    }

    for (let round = 0; round < 12; round += 1) {
      const charges = Promise.all(Array.from({ length: 20 }, wholeCall))
      // Each round a little later, to meet another moment of a batch.
      for (let step = 0; step < round; step += 1) await killer.query('select')
      await kill('true')
      expect(await charges).toEqual(Array(20).fill(minuteMs))
    }
    expect(await callsByStatus(world, workspace)).toEqual({ ended: 240 })
    expect((await world.balance(workspace)).balanceMs).toBe(360 * minuteMs)
  })
})
