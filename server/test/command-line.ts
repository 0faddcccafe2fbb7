import { join } from 'node:path'
import type { Database } from '../src/platform/database/database.ts'
import { type ProgramResult, projectRoot, runProgram, waitForEnd } from './start-server.ts'

const cliFile = join(projectRoot, 'server/src/cli.ts')

/** Runs a command of the command line as a process. */
export async function talktime(
  args: readonly string[],
  settings: Record<string, string>,
): Promise<ProgramResult> {
  return waitForEnd(runProgram([cliFile, ...args], settings))
}

/** The DATABASE_URL of a test database. */
export function databaseUrlOf({ connection }: Database): string {
  const { host, port, user, password, database } = connection
  const login = [user, password].map((part) => encodeURIComponent(String(part))).join(':')
  return `postgresql://${login}@${host}:${port}/${database}`
}
