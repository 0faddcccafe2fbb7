import { type ChildProcess, spawn } from 'node:child_process'
import type { WriteBackupFile } from './scheduled-backups.ts'

/** Runs the backup command in processes of their own. */
export type BackupProcesses = { readonly write: WriteBackupFile; close(): Promise<void> }

/**
 * Backups in a process of their own: neither their work nor their memory is this server's. The command reads the same
 * settings from the environment.
 *
 * @param cliFile the file of the command line
 */
export function createBackupProcesses(
  cliFile: string,
  env: NodeJS.ProcessEnv = process.env,
): BackupProcesses {
  const running = new Map<ChildProcess, Promise<void>>()

  function write(file: string): Promise<void> {
    const child = spawn(process.execPath, [cliFile, 'backup', file], {
      env: { ...env, TALKTIME_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = waitForSuccess(child)
    const done = ended.then(
      () => {},
      () => {},
    )
    running.set(child, done)
    void done.then(() => running.delete(child))
    return ended
  }

  return {
    write,
    async close() {
      for (const child of running.keys()) child.kill('SIGTERM')
      await Promise.all(running.values())
    },
  }
}

async function waitForSuccess(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-SAID_LENGTH_MAX)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`The backup was not made: ${said.trim() || `its process ended (${code})`}`)
}

const SAID_LENGTH_MAX = 10_000
