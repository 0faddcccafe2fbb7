import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { LogLevel } from './server-settings.ts'

export type { Logger } from 'pino'

/**
 * Creates the program's log. It goes to standard error, since standard output belongs to the welcome text and to the
 * results of commands: as readable lines on a terminal, as one JSON object per line anywhere else.
 */
export function createLog(level: LogLevel): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : destination({ dest: 2, sync: true })
  return pino({ level, base: null }, stream)
}
