import { resolve } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { z } from 'zod'
import type { SettingsReader } from '../../settings-reader.ts'

/** Which backups this server makes on its own. */
export type BackupSettings = {
  /** The absolute path of the folder. */
  readonly folder: string
  readonly everyMs: number
  /** How many of them are kept. */
  readonly keep: number
}

const UNITS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

const FOLDER = { schema: z.string().optional(), right: 'the path of a folder' }

const EVERY = {
  schema: z
    .string()
    .regex(/^[1-9]\d{0,3}[mhd]$/)
    .default('1d')
    .transform((text) => Number(text.slice(0, -1)) * (UNITS_MS[text.slice(-1)] ?? DAY_MS)),
  right: 'a number of minutes, hours or days, such as 30m, 6h or 1d',
}

const KEEP = {
  schema: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .default('14')
    .transform(Number),
  right: 'how many backups are kept: a whole number from 1 to 9999',
}

/** Reads TALKTIME_BACKUP_DIR, _EVERY and _KEEP. Undefined: no backups are made. */
export function readBackupSettings({ read }: SettingsReader): BackupSettings | undefined {
  const folder = read('TALKTIME_BACKUP_DIR', FOLDER)
  const everyMs = read('TALKTIME_BACKUP_EVERY', EVERY)
  const keep = read('TALKTIME_BACKUP_KEEP', KEEP)
  return folder === undefined ? undefined : { folder: resolve(folder), everyMs, keep }
}
