import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { LogLevel } from './server-settings.ts'

export type { Logger } from 'pino'

/**
 * The program's log, on standard error (standard output belongs to the welcome and to what commands print): readable
 * lines on a terminal, one JSON object a line anywhere else.
 */
export function createLog(level: LogLevel): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : destination({ dest: 2, sync: true })
  return pino({ level, base: null }, stream)
}
