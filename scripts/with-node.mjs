// Runs a TypeScript file of the project with the Node.js the project pins.
// Usage: node scripts/with-node.mjs FILE [ARGUMENTS]
import { ensureInstalled } from './install.mjs'
import { runPinned } from './run-pinned.mjs'

ensureInstalled()
runPinned(process.argv.slice(2))
