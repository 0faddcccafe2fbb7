import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { openSeverableProxy } from '../../../test/severable-proxy.ts'
import { problemFrom } from '../http/problem-response.ts'
import { type Database, openDatabase } from './database.ts'
import { ConnectionLost, findDatabaseFault } from './database-fault.ts'
import { openPipeline } from './pipeline.ts'
import { retryLostRaces } from './retry-lost-races.ts'
import { PIPELINE_LIMITS } from './session.ts'

const withCode = (code: string) => Object.assign(new Error('the password in the middle of it'), { code })

describe('an error of PostgreSQL', () => {
  test.each([
    ['08006', 'connection failure', /cannot be reached/],
    ['25006', 'read-only transaction', /accepts no changes/],
    ['25P03', 'idle in transaction', /took too long/],
    ['40001', 'serialization failure', /other requests/i],
    ['40P01', 'deadlock', /other requests/i],
    ['53100', 'disk full', /disk of the database is full/],
    ['53200', 'out of memory', /no memory left/],
    ['53300', 'too many connections', /no connection left/],
    ['55P03', 'lock not available', /other requests/i],
    ['57014', 'statement canceled', /took too long/],
    ['57P01', 'terminated by an administrator', /cannot be reached/],
    ['57P02', 'crash', /cannot be reached/],
    ['57P03', 'starting up', /cannot be reached/],
    ['57P05', 'idle session', /cannot be reached/],
    ['58030', 'input/output error', /disk of the database fails/],
    ['ECONNREFUSED', 'nothing listens', /cannot be reached/],
    ['EPIPE', 'a closed socket', /cannot be reached/],
    ['ETIMEDOUT', 'no answer to TCP', /cannot be reached/],
    ['ENOTFOUND', 'an unknown host', /cannot be reached/],
  ])('%s (%s) is answered with 503, and its text is not sent', (code, _what, detail) => {
    const problem = problemFrom(withCode(code))
    expect(problem).toMatchObject({ status: 503, code: 'unavailable' })
    expect(problem.detail).toMatch(detail)
    expect(problem.detail).not.toContain('password')
  })

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
  ])('node-postgres’s “%s”, which has no code, is answered with 503', (message) => {
    expect(problemFrom(new Error(message))).toMatchObject({ status: 503, code: 'unavailable' })
  })

  test.each(['23505', '42P01', '22003', 'XX001', 'ENOENT', ''])('%j is a bug, not a fault', (code) => {
    expect(findDatabaseFault(withCode(code))).toBeUndefined()
    expect(problemFrom(withCode(code))).toMatchObject({ status: 500 })
  })

  test.each(['a text', undefined, null, { code: '57P01' }])('%j is no error at all', (value) => {
    expect(findDatabaseFault(value)).toBeUndefined()
  })
})

describe('a transaction', () => {
  let database: Database
  let drop: () => Promise<void>
  beforeAll(async () => {
    ;({ database, drop } = await testDatabase('empty'))
    await database.query('create table counters (id int primary key, n int not null)')
    await database.query('insert into counters values (1, 0), (2, 0)')
  })
  afterAll(() => drop())

  async function readCounters(): Promise<number[]> {
    const { rows } = await database.query<{ n: number }>('select n from counters order by id')
    return rows.map(({ n }) => n)
  }

  test('that loses a deadlock is run again, and everything happens once', async () => {
    const attempts: number[] = []
    let bothLocked: (() => void) | undefined
    const meeting = new Promise<void>((resolve) => {
      bothLocked = resolve
    })
    let locked = 0
    const add = (first: number, second: number) =>
      retryLostRaces(() =>
        database.transaction(async (tx) => {
          attempts.push(first)
          await tx.query('update counters set n = n + 1 where id = $1', [first])
          locked += 1
          if (locked === 2) bothLocked?.()
          await meeting
          await tx.query('update counters set n = n + 1 where id = $1', [second])
        }),
      )
    await Promise.all([add(1, 2), add(2, 1)])
    expect(attempts).toHaveLength(3)
    expect(await readCounters()).toEqual([2, 2])
  })

  test('is not run again for any other error, and only a few times for this one', async () => {
    let runs = 0
    const fail = (code: string) =>
      retryLostRaces(async () => {
        runs += 1
        throw withCode(code)
      })
    await expect(fail('57014')).rejects.toMatchObject({ code: '57014' })
    expect(runs).toBe(1)
    await expect(fail('40001')).rejects.toMatchObject({ code: '40001' })
    expect(runs).toBe(1 + 4)
  })

  test('whose connection breaks between two queries fails, and the process goes on', async () => {
    const failed = database.transaction(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
      await database.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await expect(tx.query('select pg_sleep(60)')).rejects.toThrow()
      return tx.query('select')
    })
    await expect(failed).rejects.toThrow()
    expect(await readCounters()).toHaveLength(2)
  })

  test('that goes on after one of its queries failed is not taken for committed', async () => {
    const swallowed = database.transaction(async (tx) => {
      await tx.query('update counters set n = 100')
      await tx.query('select 1 / 0').catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('rolled back')
    expect(await readCounters()).not.toContain(100)
  })

  const quick = { ...PIPELINE_LIMITS, statementMsMax: 200 }

  test('in a pipeline is canceled by PostgreSQL when a statement takes too long', async () => {
    const pipeline = openPipeline(database, quick)
    const slow = pipeline.transaction((tx) => tx.query('select pg_sleep(60)'))
    await expect(slow).rejects.toMatchObject({ code: '57014' })
    await pipeline.transaction((tx) => tx.query('select'))
    await pipeline.close()
  })

  test('in a pipeline fails when nothing arrives any more, and the next one has another connection', async () => {
    const proxy = await openSeverableProxy(Number(database.connection.port))
    const behind = openDatabase({ ...database.connection, port: proxy.port })
    const pipeline = openPipeline(behind, quick)
    await pipeline.transaction((tx) => tx.query('select'))
    proxy.swallow()
    const lost = pipeline.transaction((tx) => tx.query('select'))
    const next = pipeline.transaction((tx) => tx.query('select 1 as one'))
    next.catch(() => {})
    await expect(lost).rejects.toThrow(ConnectionLost)
    await proxy.restore()
    await next.catch(() => {})
    expect((await pipeline.transaction((tx) => tx.query('select 1 as one'))).rows).toEqual([{ one: 1 }])
    await pipeline.close()
    await behind.close()
    proxy.close()
  })

  test('finds no free connection within the time for that', async () => {
    const small = openDatabase(database.connection, { connectionsMax: 1 })
    await small.transaction(async () => {
      await expect(small.query('select')).rejects.toMatchObject({ code: 'overloaded' })
      await expect(small.urgent.query('select')).rejects.toThrow('timeout exceeded when trying to connect')
    })
    await small.close()
  })
})
