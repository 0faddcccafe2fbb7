import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrlOf } from '../../../../test/command-line.ts'
import { testDatabase } from '../../../../test/database.ts'
import { projectRoot } from '../../../../test/start-server.ts'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { virtualClock } from '../../clock.ts'
import { createLog } from '../../log.ts'
import { createBackupProcesses } from './run-backup-command.ts'
import { createScheduledBackups, type WriteBackupFile } from './scheduled-backups.ts'

let folder: string
let remove: () => Promise<void>
let registry: Registry
beforeEach(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  registry = new Registry()
})
afterEach(() => remove())

const clock = virtualClock(Date.parse('2026-11-22T10:00:00Z'))

const schedule = (write: WriteBackupFile) => {
  registry = new Registry()
  const settings = { folder, everyMs: DAY_MS, keep: 2 }
  return createScheduledBackups({ settings, clock, log: createLog('silent'), registry, write })
}
const succeed: WriteBackupFile = (file) => writeFile(file, 'a backup')

describe('backups on a schedule', () => {
  test('are made when they are due, also after a restart, and the oldest go', async () => {
    const made: string[][] = []
    for (const hours of [0, 1, 22, 1, 24, 24]) {
      clock.advance(hours * HOUR_MS)
      await schedule(succeed).runIfDue()
      made.push(await readdir(folder))
    }
    const [first, second, third, fourth] = ['22T10', '23T10', '24T10', '25T10'].map(
      (time) => `talktime-2026-11-${time}-00-00Z.backup`,
    )
    expect(made).toEqual([[first], [first], [first], [first, second], [second, third], [third, fourth]])
    expect(await registry.metrics()).toContain('talktime_backups_total{outcome="succeeded"} 1')
  })

  test('that fail are reported, counted and tried again an hour later', async () => {
    let tries = 0
    const backups = schedule(async () => {
      tries += 1
      throw new Error('the disk is full')
    })
    await expect(backups.runIfDue()).rejects.toThrow('the disk is full')
    clock.advance(59 * MINUTE_MS)
    await backups.runIfDue()
    expect(tries).toBe(1)
    clock.advance(MINUTE_MS)
    await expect(backups.runIfDue()).rejects.toThrow('the disk is full')
    expect(await registry.metrics()).toContain('talktime_backups_total{outcome="failed"} 2')
  })

  test('are made by the backup command in a separate process, and a failure names its cause', async () => {
    const { database, drop } = await testDatabase()
    const env = { ...process.env, DATABASE_URL: databaseUrlOf(database) }
    const processes = createBackupProcesses(join(projectRoot, 'server/src/cli.ts'), env)
    await schedule(processes.write).runIfDue()
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^talktime-.*\.backup$/)])
    await expect(processes.write(join(folder, 'no/such/folder'))).rejects.toThrow(
      `The backup was not made: There is no folder ${join(folder, 'no/such')} for the backup.`,
    )
    const stopped = processes.write(join(folder, 'stopped'))
    await Promise.all([processes.close(), expect(stopped).rejects.toThrow('The backup was not made')])
    await drop()
  }, 180_000)
})
