import { expect, test } from 'vitest'
import { testDatabase } from '../../test/database.ts'
import { createBoundaries, readBalance } from '../ledger/index.ts'
import { loadCatalogue, openSubscription, renewSubscription } from '../plans/index.ts'
import { virtualClock } from '../platform/clock.ts'
import { newUuid } from '../platform/ids.ts'
import { cutLiveCalls } from './cut.ts'
import { createCallEngine } from './engine.ts'

const t0 = Date.UTC(2026, 0, 10, 12)

test('a call of 90 s is charged 90,000 ms', async () => {
  const { database, drop } = await testDatabase()
  const clock = virtualClock(t0)
  await loadCatalogue(database)
  const workspaceId = newUuid(t0)
  const agentId = newUuid(t0)
  await database.transaction(async (tx) => {
    await tx.query(
      `insert into workspaces (id, name, time_zone, created_at_ms) values ($1, 'W', 'Asia/Kolkata', $2)`,
      [workspaceId, t0],
    )
    await openSubscription(tx, { workspaceId, planId: 'free', timeZone: 'Asia/Kolkata' }, t0)
    await tx.query(
      `insert into agents (workspace_id, id, name, language, llm_provider, llm_model, created_at_ms) values ($1, $2, 'A', 'en', 'openai', 'm', $3)`,
      [workspaceId, agentId, t0],
    )
  })
  const boundaries = createBoundaries(database, { cutLiveCalls, renew: renewSubscription })
  const engine = createCallEngine({ database, clock, boundaries })
  const callId = newUuid(t0)
  const started = await engine.submit({
    type: 'start',
    workspaceId,
    callId,
    agentId,
    direction: 'web',
    from: null,
    to: null,
    externalId: 'x',
    atMs: null,
  })
  expect(started).toMatchObject({ outcome: 'call', created: true })
  clock.advance(1000)
  await engine.submit({ type: 'answer', workspaceId, target: { callId }, atMs: null })
  clock.advance(30_000)
  expect((await readBalance(database, workspaceId, clock.now())).balanceMs).toBe(30 * 60_000 - 30_000)
  clock.advance(60_000)
  const ended = await engine.submit({
    type: 'end',
    workspaceId,
    target: { callId },
    atMs: null,
    reason: null,
  })
  expect(ended).toMatchObject({ outcome: 'call', call: { facts: { settledMs: 90_000 } } })
  expect((await readBalance(database, workspaceId, clock.now())).balanceMs).toBe(30 * 60_000 - 90_000)
  await engine.close()
  await drop()
})
