import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../..')
const mainFile = join(projectRoot, 'server/src/main.ts')

/** A program that was started, with its output and its end. */
export type Program = {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves with the exit code, or the signal that ended the program, once all output has been read. */
  readonly ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): void
}

/** The environment of a server in a test: a free port, no demo, few log lines. */
const testSettings = {
  NODE_COMPILE_CACHE: join(projectRoot, 'node_modules/.cache/node'),
  PORT: '0',
  TALKTIME_DEMO: 'off',
  TALKTIME_LOG_LEVEL: 'warn',
  DATABASE_URL: '',
}

/**
 * Runs a program with this process's Node.js and environment.
 *
 * @param settings environment variables on top
 * @param through a command that runs the program, such as `unshare --mount`
 */
export function runProgram(
  args: readonly string[],
  settings: Record<string, string>,
  through: readonly string[] = [],
): Program {
  const [command = process.execPath, ...rest] = [...through, process.execPath, ...args]
  const { VITEST: _, NODE_ENV: __, ...env } = process.env
  const child = spawn(command, rest, {
    cwd: projectRoot,
    env: { ...env, ...testSettings, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal ?? 1))
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill: (signal) => void child.kill(signal),
  }
}

/** Runs the server's main.ts without waiting for it to start. `through`: see {@link runProgram}. */
export const runServer = (settings: Record<string, string>, through: readonly string[] = []): Program =>
  runProgram([mainFile], settings, through)

/** How a program ended, with its whole output. */
export type ProgramResult = {
  readonly code: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
}

/** Waits for a program's end. */
export async function waitForEnd(program: Program): Promise<ProgramResult> {
  const code = await program.ended
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** Runs a server that is expected not to start. */
export const runServerToEnd = (settings: Record<string, string>): Promise<ProgramResult> =>
  waitForEnd(runServer(settings))

/** A server that accepts requests. */
export type RunningServer = Program & { readonly address: string }

/** Starts the real server and waits for its welcome line. Rejects with its output if the server ends first. */
export async function startServer(settings: Record<string, string>): Promise<RunningServer> {
  return waitForWelcome(runServer(settings))
}

/** Waits for the welcome line of a program that starts a server. */
export async function waitForWelcome(program: Program): Promise<RunningServer> {
  const address = await waitForOutput(program, /Talktime runs at (\S+)/)
  return { ...program, address }
}

/** Waits until a program's output matches `pattern`. Returns the first group, or the whole match without groups. */
export async function waitForOutput(program: Program, pattern: RegExp): Promise<string> {
  let over = false
  void program.ended.then(() => {
    over = true
  })
  return until(() => {
    const match = pattern.exec(program.stdout())
    if (match) return match[1] ?? match[0]
    if (over)
      throw new Error(`It ended before it printed ${pattern}:\n${program.stdout()}${program.stderr()}`)
    return undefined
  })
}

/** Calls `look` every 10 ms until it returns something other than `undefined`. Only the test's timeout limits the wait. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Whether a process is running. A process that ended stays listed as a zombie until its parent collects it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}
