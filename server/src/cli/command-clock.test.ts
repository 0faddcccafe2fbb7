import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { type ProgramResult, projectRoot } from '../../test/start-server.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { readBackupHeader } from '../platform/database/backup/restore-backup.ts'
import type { Database } from '../platform/database/database.ts'

// Commands run on computers whose clock is set wrong. Servers go by the database's clock, and so must what commands stamp.

const skewedDate = pathToFileURL(join(projectRoot, 'server/test/skewed-date.ts')).href

type Run = (...args: string[]) => Promise<ProgramResult>

/** Runs commands on a computer whose clock is ahead of the database's, or behind it. */
function computerAhead(aheadMs: number, database: Database): Run {
  const settings = {
    DATABASE_URL: databaseUrlOf(database),
    TALKTIME_SECRET: 'a secret for tests that is long enough',
    NODE_OPTIONS: `--import=${skewedDate}`,
    TEST_CLOCK_AHEAD_MS: String(aheadMs),
  }
  return (...args) => talktime(args, settings)
}

/** When something happened, in any table. Other instants are yet to come. */
const STAMPS = [
  'at_ms',
  'recorded_at_ms',
  'created_at_ms',
  'revoked_at_ms',
  'suspended_at_ms',
  'cycle_starts_at_ms',
]

/** Reads every instant in the database at which something happened, with the time in the ids of what has one. */
async function readStamps(database: Database): Promise<{ column: string; ms: number }[]> {
  const { rows: columns } = await database.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and column_name = any($1) and table_name <> 'schema_migrations'`,
    [STAMPS],
  )
  const stamps: { column: string; ms: number }[] = []
  for (const { table, column } of columns) {
    const { rows } = await database.query<{ ms: number }>(
      `select ${column} as ms from ${table} where ${column} is not null`,
    )
    stamps.push(...rows.map(({ ms }) => ({ column: `${table}.${column}`, ms })))
  }
  const { rows: ids } = await database.query<{ id: string }>(
    'select id from workspaces union all select id from api_keys union all select id from audit_log',
  )
  const instants = ids.map(({ id }) => ({
    column: `id ${id}`,
    ms: Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16),
  }))
  return [...stamps, ...instants]
}

async function readDatabaseMs(database: Database): Promise<number> {
  const { rows } = await database.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  )
  return rows[0]?.ms ?? Number.NaN
}

/** How far two readings of the clock may differ. */
const TOLERANCE_MS = 50

test.each([
  ['ahead', 3 * DAY_MS],
  ['behind', -3 * DAY_MS],
])(
  'commands on a computer whose clock is three days %s stamp with the database’s time',
  async (_, aheadMs) => {
    const { database, drop } = await testDatabase()
    const folder = await temporaryFolder()
    try {
      const run = computerAhead(aheadMs, database)
      const succeed = async (...args: string[]) => {
        const result = await run(...args)
        expect(result, result.stderr).toMatchObject({ code: 0 })
        return result.stdout.trim()
      }
      const startedMs = await readDatabaseMs(database)
      const workspace = await succeed('workspace', 'create', '--name', 'Acme', '--plan', 'growth')
      await succeed('key', 'create', '--workspace', workspace)
      const [key] = JSON.parse(await succeed('key', 'list', '--workspace', workspace, '--json'))
      await succeed('key', 'revoke', key.id)
      await succeed('workspace', 'suspend', workspace, '--reason', 'Unpaid', '--end-calls')
      await succeed('catalog', 'load', join(projectRoot, 'server/catalog.json'))
      await succeed('secrets', 'rotate')
      const backup = join(folder.path, 'backup')
      await succeed('backup', backup, '--no-check')
      const endedMs = await readDatabaseMs(database)

      const stamps = await readStamps(database)
      stamps.push({ column: 'backup', ms: Date.parse((await readBackupHeader(backup)).createdAt) })
      const wrong = stamps.filter(({ ms }) => ms < startedMs - TOLERANCE_MS || ms > endedMs + TOLERANCE_MS)
      expect(wrong).toEqual([])
      const seen = new Set(stamps.map(({ column }) => column))
      for (const column of [
        'workspaces.created_at_ms',
        'workspaces.suspended_at_ms',
        'subscriptions.cycle_starts_at_ms',
        'ledger_entries.at_ms',
        'api_keys.revoked_at_ms',
        'audit_log.at_ms',
      ]) {
        expect(seen).toContain(column)
      }
    } finally {
      await drop()
      await folder.remove()
    }
  },
)

test('what is in the future is decided by the database’s clock', async () => {
  const { database, drop } = await testDatabase()
  try {
    const nowMs = await readDatabaseMs(database)
    const create = (aheadMs: number, expiresAtMs: number) =>
      computerAhead(
        aheadMs,
        database,
      )(...['key', 'create', '--operator', '--expires', new Date(expiresAtMs).toISOString()])
    expect(await create(DAY_MS, nowMs + HOUR_MS)).toMatchObject({ code: 0, stderr: '' })
    const pastMs = nowMs - HOUR_MS
    expect(await create(-DAY_MS, pastMs)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        `error: option '--expires <instant>' argument '${new Date(pastMs).toISOString()}' is invalid. It must be an instant in the future`,
      ),
    })
    expect((await database.query('select from api_keys')).rowCount).toBe(1)
  } finally {
    await drop()
  }
})
