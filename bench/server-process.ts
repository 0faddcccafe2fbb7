import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const mainFile = fileURLToPath(new URL('../server/src/main.ts', import.meta.url))

export type ServerProcess = {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** Starts the server in a process of its own, on a free port and without the demo. Throws if it exits at once. */
export async function startServer(settings: {
  readonly dataDir: string
  /** By default the server uses an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl?: string
  /** Further environment variables. */
  readonly more?: Readonly<Record<string, string>>
  /** A command that runs the server, such as `prlimit --nofile=64`. */
  readonly through?: readonly string[]
}): Promise<ServerProcess> {
  const [command = process.execPath, ...args] = [...(settings.through ?? []), process.execPath, mainFile]
  const child = spawn(command, args, {
    env: {
      ...process.env,
      PORT: '0',
      TALKTIME_DEMO: 'off',
      TALKTIME_LOG_LEVEL: 'warn',
      TALKTIME_DATA_DIR: settings.dataDir,
      DATABASE_URL: settings.databaseUrl ?? '',
      ...settings.more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const address = /http:\/\/[\w.]+:(\d+)/.exec(output)
      if (address) resolve(Number(address[1]))
    })
    child.once('error', reject)
    void ended.then(() => reject(new Error(`The server exited before it listened:\n${output}`)))
  })
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
