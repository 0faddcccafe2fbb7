import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Registry } from 'prom-client'
import type { Assembly } from '../../assembly.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { createBackupProcesses } from './run-backup-command.ts'
import { createScheduledBackups } from './scheduled-backups.ts'
import type { BackupSettings } from './settings.ts'

/** Registers the chore that makes backups, if the settings ask for them. */
export function scheduleBackups(deps: {
  readonly assembly: Pick<Assembly<never>, 'chore' | 'worker'>
  readonly settings: BackupSettings | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly cliFile: string
}): void {
  const { assembly, settings } = deps
  if (settings === undefined) return
  const { write, close } = createBackupProcesses(deps.cliFile)
  const backups = createScheduledBackups({ ...deps, settings, write })
  assembly.chore('Backing up the database', MINUTE_MS, backups.runIfDue)
  assembly.worker({ drain: () => void close(), close })
}
