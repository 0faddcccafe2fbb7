import { spawnSync } from 'node:child_process'
import type pg from 'pg'
import { type Database, openDatabase } from '../server/src/platform/database/database.ts'
import { LONG_LIMITS } from '../server/src/platform/database/session.ts'
import { run } from './process.ts'
import { measureSeconds } from './stopwatch.ts'

/** The transactions of `pgbench -N` per second that the PostgreSQL achieves. Every result is given relative to it. */
export type Reference = { readonly perSecond: number; readonly how: string }

const CLIENTS = 16

export type ReferenceExtent = {
  readonly seconds: number
  /** The scale of pgbench: the number of rows to update, in units of 100,000. */
  readonly scale: number
}

/** Measures the reference with pgbench. On a machine without pgbench, Node.js sends the statements of pgbench. */
export async function measureReference(
  connection: pg.ClientConfig,
  extent: ReferenceExtent,
): Promise<Reference> {
  const pgbench = process.env.PGBENCH ?? 'pgbench'
  const found = spawnSync(pgbench, ['--version'], { encoding: 'utf8' })
  return found.status === 0
    ? measureWithPgbench(connection, pgbench, extent)
    : measureWithOwnLoop(connection, extent)
}

async function measureWithPgbench(
  connection: pg.ClientConfig,
  pgbench: string,
  { seconds, scale }: ReferenceExtent,
): Promise<Reference> {
  const env = {
    ...process.env,
    PGHOST: String(connection.host),
    PGPORT: String(connection.port),
    PGUSER: String(connection.user),
    PGPASSWORD: String(connection.password),
    PGDATABASE: String(connection.database),
  }
  await run(pgbench, ['--initialize', '--quiet', `--scale=${scale}`], env)
  const options = ['--skip-some-updates', '--protocol=prepared', `--client=${CLIENTS}`, '--jobs=2']
  const { stdout } = await run(pgbench, [...options, `--time=${seconds}`, '--no-vacuum'], env)
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
  if (!(perSecond > 0)) throw new Error(`pgbench printed no rate:\n${stdout}`)
  return { perSecond, how: `pgbench -N -M prepared -c ${CLIENTS} -s ${scale}, ${seconds} s` }
}

/** Sends the statements of `pgbench -N` from Node.js, each after the response to the one before. */
async function measureWithOwnLoop(
  connection: pg.ClientConfig,
  { seconds, scale }: ReferenceExtent,
): Promise<Reference> {
  const database = openDatabase(connection, { connectionsMax: CLIENTS, limits: LONG_LIMITS })
  await database.query(`
    drop table if exists pgbench_accounts, pgbench_history;
    create table pgbench_accounts (aid integer primary key, bid integer, abalance integer, filler char(84)) with (fillfactor = 100);
    create table pgbench_history (tid integer, bid integer, aid integer, delta integer, mtime timestamp, filler char(22));
    insert into pgbench_accounts select aid, (aid - 1) / 100000 + 1, 0, '' from generate_series(1, ${scale} * 100000) as aid`)
  await database.query('vacuum analyze pgbench_accounts')
  const untilMs = performance.now() + seconds * 1000
  let transactions = 0
  const elapsed = await measureSeconds(() =>
    Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        while (performance.now() < untilMs) {
          await runPgbenchTransaction(database, scale)
          transactions += 1
        }
      }),
    ),
  )
  await database.close()
  const how = `no pgbench on this machine: its statements (-N) from ${CLIENTS} connections of Node.js, ${seconds} s; pgbench itself is faster`
  return { perSecond: transactions / elapsed, how }
}

function runPgbenchTransaction(database: Database, scale: number): Promise<void> {
  const aid = 1 + Math.floor(Math.random() * scale * 100_000)
  const delta = Math.floor(Math.random() * 10_001) - 5_000
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'reference_update',
      text: 'update pgbench_accounts set abalance = abalance + $1 where aid = $2',
      values: [delta, aid],
    })
    await tx.query({
      name: 'reference_select',
      text: 'select abalance from pgbench_accounts where aid = $1',
      values: [aid],
    })
    await tx.query({
      name: 'reference_insert',
      text: 'insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, $1, $2, current_timestamp)',
      values: [aid, delta],
    })
  })
}
