// Runs a program with the Node.js the project pins, whatever Node.js the machine has. Written for old Node.js
// versions on purpose.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { pinnedNode, projectRoot } from './install.mjs'

/**
 * Runs `node ARGUMENTS` until it ends, and ends with its exit code. Signals are passed on to it; when this process
 * is killed, the program hears of that through its IPC channel ("disconnect").
 */
export function runPinned(args) {
  const child = spawn(pinnedNode(), args, {
    cwd: projectRoot,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  stopWithNpm(child)
  child.on('error', (error) => {
    console.error(`${pinnedNode()} cannot be run: ${error.message}. Remove node_modules and try again.`)
    process.exit(1)
  })
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)),
  )
}

/** An npm that is killed passes no signal on; that it is gone shows in the number of the parent process. */
function stopWithNpm(child) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 1000).unref()
}
