// npm start: installs what is missing, builds the dashboard if it changed, and runs the server.
import { buildWeb } from './build-web.mjs'
import { ensureInstalled } from './install.mjs'
import { runPinned } from './run-pinned.mjs'

ensureInstalled()
const { failure } = buildWeb()
if (failure !== undefined) {
  console.error(`The dashboard could not be built; nothing was started.\n${failure}`)
  process.exit(1)
}
runPinned(['server/src/main.ts', ...process.argv.slice(2)])
