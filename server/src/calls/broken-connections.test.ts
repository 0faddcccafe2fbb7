import { MINUTE_MS } from '@talktime/core/time/durations'
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
  /** Terminates the database connections that meet a condition on `pg_stat_activity`. Returns their number. */
  async function kill(condition: string): Promise<number> {
    const { rowCount } = await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and ${condition}`,
      [world.database.connection.database],
    )
    return rowCount ?? 0
  }

  test('between the writes of a batch, nothing of it is stored, and its commands are carried out again', async () => {
    const workspace = await world.workspace()
    await world.engine.submit(startOf(workspace))
    // The write of events has to wait. By then calls and entries are written, and COMMIT is on its way.
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
    expect(chargedMs(outcomes[2])).toBe(MINUTE_MS)
    expect((await world.balance(workspace)).balanceMs).toBe(29 * MINUTE_MS)
  })

  test('under a single command, it fails, nothing of it is stored, and its repeat is carried out', async () => {
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

  test('at any moment, everything that was answered is stored once', async () => {
    const workspace = await world.workspace({ monthlyMs: 600 * MINUTE_MS, concurrentCallsMax: null })

    /** Sends a command until it is answered, as a voice stack does. */
    async function submitUntilAnswered(command: CallCommand): Promise<CallOutcome> {
      return world.engine.submit(command).catch(() => submitUntilAnswered(command))
    }

    async function playCall(): Promise<number> {
      let last: CallOutcome | undefined
      for (const command of callOfAMinute(world, workspace)) last = await submitUntilAnswered(command)
      return chargedMs(last)
    }

    for (let round = 0; round < 12; round += 1) {
      const charges = Promise.all(Array.from({ length: 20 }, playCall))
      // Each round breaks the connections a little later, at another moment of a batch.
      for (let step = 0; step < round; step += 1) await killer.query('select')
      await kill('true')
      expect(await charges).toEqual(Array(20).fill(MINUTE_MS))
    }
    expect(await callsByStatus(world, workspace)).toEqual({ ended: 240 })
    expect((await world.balance(workspace)).balanceMs).toBe(360 * MINUTE_MS)
  })
})
