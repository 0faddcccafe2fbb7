// Runs a TypeScript file of the project with the Node.js the project pins, whatever Node.js the machine has.
// Usage: node scripts/with-node.mjs FILE [ARGUMENTS]. Written for old Node.js versions on purpose.
import { spawn } from 'node:child_process'
import { ensureInstalled, pinnedNode, projectRoot } from './install.mjs'

ensureInstalled()
const child = spawn(pinnedNode(), process.argv.slice(2), { cwd: projectRoot, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0)
})
