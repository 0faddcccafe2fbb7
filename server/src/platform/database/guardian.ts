import { type ChildProcess, spawn } from 'node:child_process'
import type { Command } from './postgres-user.ts'

/**
 * A shell script that runs the program and waits on a pipe from this process. The kernel closes the pipe when this
 * process ends, even by kill -9, and the shell then interrupts the program, so PostgreSQL shuts down cleanly. Both run in
 * a session of their own: Ctrl-C reaches only this process, which stops PostgreSQL after the last request.
 */
const GUARDIAN_SCRIPT = `
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
 * Runs a program that ends when this process does. The returned child is the shell, which ends together with the program
 * and with its exit code.
 *
 * @param output where the program's output goes: a file descriptor, or `pipe` for its standard error only
 */
export function spawnGuarded({ command, args, ...user }: Command, output: number | 'pipe'): ChildProcess {
  const child = spawn('/bin/sh', ['-c', GUARDIAN_SCRIPT, 'guardian', command, ...args], {
    ...user,
    cwd: '/',
    env: plainEnvironment(),
    detached: true,
    stdio: ['ignore', output === 'pipe' ? 'ignore' : output, output, 'pipe'],
  })
  child.stdio[3]?.on('error', () => {})
  return child
}

/** This process's environment without PG* and LC_* variables. This program parses PostgreSQL's messages, so they must be in English. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' }
}
