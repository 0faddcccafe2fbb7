import { type ChildProcess, spawn } from 'node:child_process'
import type { Command } from './postgres-user.ts'

/**
 * The program runs under a shell that waits on a pipe from this process. The kernel closes the pipe when this process
 * ends, even by kill -9, and the shell then interrupts the program: PostgreSQL shuts down in good order. Both are in
 * a session of their own, so that Ctrl-C reaches this process alone, which stops PostgreSQL after its last request.
 */
const guardian = `
"$@" </dev/null 3<&- &
program=$!
( read -r _ <&3; kill -INT $program ) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $program
code=$?
kill $watcher 2>/dev/null
exit $code`

/**
 * Runs a program that ends when this process does. The child is the shell: it ends with the program, and with its
 * exit code.
 *
 * @param output where the program's output goes: a file, or `pipe` for its standard error alone
 */
export function spawnGuarded({ command, args, ...user }: Command, output: number | 'pipe'): ChildProcess {
  const child = spawn('/bin/sh', ['-c', guardian, 'guardian', command, ...args], {
    ...user,
    cwd: '/',
    env: environment(),
    detached: true,
    stdio: ['ignore', output === 'pipe' ? 'ignore' : output, output, 'pipe'],
  })
  child.stdio[3]?.on('error', () => {})
  return child
}

/** PostgreSQL's messages are read by this program, so they come in English; no setting of PG* or LC_* leaks in. */
export function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' }
}
