import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { until } from '../../test/start-server.ts'
import { openDatabase } from './database/database.ts'
import { MIGRATIONS_FOLDER } from './database/migrate.ts'
import { healthRoutes, type ReadinessCheck } from './http/health.ts'
import { createMetrics } from './http/metrics.ts'
import { createHttpServer } from './http/server.ts'
import { createLog } from './log.ts'
import { createReadinessChecks } from './readiness.ts'

describe('/readyz', () => {
  async function openServer(checks: readonly ReadinessCheck[]) {
    const server = createHttpServer({
      log: createLog('silent'),
      metrics: createMetrics(),
      dashboard: undefined,
    })
    await server.register(healthRoutes(checks))
    return server
  }

  test('503: it answers within a second although a check never ends, and names everything that fails', async () => {
    const server = await openServer([
      { name: 'disk', whenLate: 'The disk is stuck.', findFault: () => new Promise(() => {}) },
      { name: 'clock', whenLate: '', findFault: async () => 'The clock is wrong.' },
      { name: 'pool', whenLate: '', findFault: async () => undefined },
    ])
    const startedMs = performance.now()
    const answer = await server.inject('/readyz')
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({
      code: 'unavailable',
      detail: 'The disk is stuck. The clock is wrong.',
      failing: ['disk', 'clock'],
    })
    expect(answer.headers['retry-after']).toBe('1')
    await server.close()
  })

  test('requests at the same time share one run of the checks', async () => {
    let runs = 0
    const server = await openServer([
      {
        name: 'pool',
        whenLate: '',
        async findFault() {
          runs += 1
          return undefined
        },
      },
    ])
    await server.ready()
    const answers = await Promise.all(Array.from({ length: 50 }, () => server.inject('/readyz')))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
    expect(runs).toBe(1)
    await server.close()
  })
})

describe('the checks of a server', () => {
  let t: TestApp
  beforeAll(async () => {
    t = await testApp()
  })
  afterAll(() => t.close())

  const failing = async (request: TestApp['request']) =>
    (await request<{ failing?: string[]; detail?: string }>('GET', '/readyz')).body
  const untilReady = (request: TestApp['request']) =>
    until(async () => ((await request('GET', '/readyz')).status === 200 ? true : undefined))

  test('a database that accepts no changes is not ready', async () => {
    const readOnly = openDatabase(t.database.connection)
    const { request } = await t.addProcess({ database: readOnly })
    const name = t.database.connection.database
    const disconnect = () =>
      t.database.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      )
    await t.database.query(`alter database ${name} set default_transaction_read_only = on`)
    await disconnect()
    await until(async () =>
      (await failing(request)).detail?.includes('The database accepts no changes at the moment.')
        ? true
        : undefined,
    )
    await t.database.transaction(async (tx) => {
      await tx.query('set transaction read write')
      await tx.query(`alter database ${name} reset default_transaction_read_only`)
    })
    await disconnect()
    await untilReady(request)
    await readOnly.close()
  })

  test('a pool whose connections are all in use is not ready, and does not hold up the answer', async () => {
    const small = openDatabase(t.database.connection, { connectionsMax: 1 })
    const { request } = await t.addProcess({ database: small })
    await small.transaction(async () => {
      expect((await failing(request)).failing).toEqual(
        expect.arrayContaining(['pool', 'migrations', 'writes']),
      )
    })
    await untilReady(request)
    await small.close()
  })

  test('a disk without room is not ready', async () => {
    const checks = await createReadinessChecks({
      database: t.database,
      clock: t.clock,
      migrationsFolder: MIGRATIONS_FOLDER,
      postgresFolder: '/proc',
    })
    const disk = checks.find(({ name }) => name === 'disk')
    expect(await disk?.findFault()).toBe('The disk with /proc has only 0 MB left.')
  })

  test('its figures are metrics', async () => {
    const { text } = await t.request('GET', '/metrics')
    expect(text).toContain('\ntalktime_database_up 1\n')
    expect(text).toContain('\ntalktime_database_waiting_queries 0\n')
  })
})
