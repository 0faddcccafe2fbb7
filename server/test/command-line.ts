import { join } from 'node:path'
import type { Database } from '../src/platform/database/database.ts'
import { projectRoot, runProgram } from './start-server.ts'

const cliFile = join(projectRoot, 'server/src/cli.ts')

export type CommandResult = {
  readonly code: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the command line as a process. */
export async function talktime(
  args: readonly string[],
  settings: Record<string, string>,
): Promise<CommandResult> {
  const program = runProgram([cliFile, ...args], settings)
  const code = await program.ended
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** The DATABASE_URL of a test database. */
export function databaseUrlOf({ connection }: Database): string {
  const { host, port, user, password, database } = connection
  const login = [user, password].map((part) => encodeURIComponent(String(part))).join(':')
  return `postgresql://${login}@${host}:${port}/${database}`
}
