// A backup while two servers take calls: authorizations stay quick, and the backup, restored, holds every call that was
// acknowledged before it began.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readSettings } from '../../server/src/config.ts'
import { connectToDatabase } from '../../server/src/platform/database/connect.ts'
import { createLog } from '../../server/src/platform/log.ts'
import { type ProgramResult, runProgram, waitForEnd } from '../../server/test/start-server.ts'
import { formatDatabaseUrl } from '../postgres.ts'
import { measureLives } from '../settlement.ts'
import { openBenchEngine } from '../world.ts'
import { attack, type Report } from './kit/attack.ts'
import { startCallLoad } from './kit/call-load.ts'
import { expectNothingLost, expectQuickAuthorizations } from './kit/expect-calls.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

const P99_MS_MAX = 250

await attack('backup-under-load', async (report) => {
  const world = await openWorld(report, { workspaces: 50 })
  await makeHistory(report, world)
  const job = {
    ports: world.servers.map(({ port }) => port),
    callers: world.workspaces.map(({ caller }) => caller),
    callsPerSecond: 40,
  }
  const before = await startCallLoad(job)
  await pause(report.isShort ? 2_000 : 10_000)
  const { acknowledged } = await before.stop()

  const during = await startCallLoad(job)
  await pause(1_000)
  during.reset()
  const settings = { DATABASE_URL: formatDatabaseUrl(world.connection), TALKTIME_SECRET: 'x'.repeat(32) }
  const file = join(world.postgres.folder, 'load.backup')
  const backup = await time(report, 'backup, restored and verified', () =>
    talktime(['backup', file], settings),
  )
  report.expect(
    'the backup adds up',
    backup.code === 0,
    backup.code === 0 ? backup.stdout.trim() : backup.stderr,
  )
  const load = await during.stop()
  report.figure('size', `${((await stat(file)).size / 1_000_000).toFixed(1)} MB`)
  expectQuickAuthorizations(report, load, P99_MS_MAX)
  await expectNothingLost(report, world.database, [...acknowledged, ...load.acknowledged])
  await expectCleanBooks(report, world.database)

  const target = { TALKTIME_DATA_DIR: join(world.postgres.folder, 'restored') }
  const restored = await time(report, 'restore', () => talktime(['restore', file], target))
  report.expect('the restore adds up', restored.code === 0, restored.code === 0 ? 'clean' : restored.stderr)
  const copy = await connectToDatabase(readSettings(target), createLog('silent'), 'look')
  report.defer(copy.stop)
  report.figure('acknowledged before the backup began', acknowledged.length)
  await expectNothingLost(report, copy.database, acknowledged)
  await expectCleanBooks(report, copy.database)
})

/** Calls of the past, so that there is something to back up. */
async function makeHistory(report: Report, { database, workspaces }: AttackWorld): Promise<void> {
  const calls = report.isShort ? 500 : 100_000
  const engine = openBenchEngine(database)
  await measureLives(engine, workspaces, calls)
  await engine.close()
  report.figure('calls there before', calls)
}

function talktime(args: readonly string[], settings: Record<string, string>): Promise<ProgramResult> {
  return waitForEnd(runProgram(['server/src/cli.ts', ...args], settings))
}

async function time<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now()
  const result = await work()
  report.figure(what, `${((performance.now() - startMs) / 1000).toFixed(1)} s`)
  return result
}
