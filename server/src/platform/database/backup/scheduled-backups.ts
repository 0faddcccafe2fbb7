import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, SECOND_MS } from '@talktime/core/time/durations'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { BackupSettings } from './settings.ts'

/** Writes a backup to a new file. Rejects with the reason if there is none then. */
export type WriteBackupFile = (file: string) => Promise<void>

export type ScheduledBackups = {
  /** Makes a backup if one is due, and removes the oldest. Rejects if the backup could not be made. */
  runIfDue(): Promise<void>
}

/** A failed backup is tried again after an hour, or after the interval if that is shorter. */
const RETRY_MS = HOUR_MS

/** The time stands in the name, in a form that every file system takes and that sorts by time. */
const NAME = /^talktime-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.backup$/

const DRAFT = '.draft'
const DRAFT_KEPT_MS = DAY_MS

const formatName = (atMs: number) =>
  `talktime-${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`

function readTime(name: string): number {
  const [day = '', time = ''] = (NAME.exec(name)?.[1] ?? '').split('T')
  return Date.parse(`${day}T${time.replaceAll('-', ':')}`)
}

/**
 * Makes backups at an interval. What is due follows from the files that are there, so a restart changes nothing, and
 * several servers with one folder make each backup once or, at worst, twice.
 */
export function createScheduledBackups(deps: {
  readonly settings: BackupSettings
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly write: WriteBackupFile
}): ScheduledBackups {
  const { settings, clock, log, write } = deps
  const metrics = createBackupMetrics(deps.registry)
  let triedAtMs = Number.NEGATIVE_INFINITY

  async function listBackups(): Promise<string[]> {
    await mkdir(settings.folder, { recursive: true, mode: 0o700 })
    return (await readdir(settings.folder)).filter((name) => NAME.test(name)).sort()
  }

  /** Removes the oldest backups, and drafts that processes which were killed have left. */
  async function removeOld(nowMs: number): Promise<void> {
    const outdated = (await listBackups()).slice(0, -settings.keep)
    const drafts = (await readdir(settings.folder)).filter(
      (name) => name.endsWith(DRAFT) && nowMs - readTime(name.slice(0, -DRAFT.length)) > DRAFT_KEPT_MS,
    )
    for (const name of [...outdated, ...drafts]) await rm(join(settings.folder, name), { force: true })
  }

  async function make(nowMs: number): Promise<void> {
    const name = formatName(nowMs)
    const file = join(settings.folder, name)
    try {
      await write(file)
    } catch (error) {
      metrics.count.inc({ outcome: 'failed' })
      throw error
    }
    metrics.count.inc({ outcome: 'succeeded' })
    const { size } = await stat(file)
    metrics.bytes.set(size)
    metrics.lastSuccess.set(nowMs / SECOND_MS)
    log.info({ file, bytes: size }, 'The database was backed up, and the backup was restored and verified')
  }

  return {
    async runIfDue() {
      const nowMs = clock.now()
      const names = await listBackups()
      const lastAtMs = Math.max(...names.map(readTime), Number.NEGATIVE_INFINITY)
      if (Number.isFinite(lastAtMs)) metrics.lastSuccess.set(lastAtMs / SECOND_MS)
      const retryMs = Math.min(RETRY_MS, settings.everyMs)
      if (nowMs - lastAtMs < settings.everyMs || nowMs - triedAtMs < retryMs) return
      triedAtMs = nowMs
      await make(nowMs)
      await removeOld(nowMs)
    },
  }
}

function createBackupMetrics(registry: Registry) {
  const registers = [registry]
  return {
    lastSuccess: new Gauge({
      name: 'talktime_backup_last_success_timestamp_seconds',
      help: 'When the last backup was made and verified, in Unix time.',
      registers,
    }),
    bytes: new Gauge({
      name: 'talktime_backup_last_size_bytes',
      help: 'Size of the last backup that this process made.',
      registers,
    }),
    count: new Counter({
      name: 'talktime_backups_total',
      help: 'Backups that this process tried to make, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
  }
}
