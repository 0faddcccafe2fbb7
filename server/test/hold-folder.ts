// Locks a data folder as a server would and holds it until it is killed.
// Usage: node server/test/hold-folder.ts FOLDER ADDRESS
import { systemClock } from '../src/platform/clock.ts'
import { lockFolder } from '../src/platform/folder-lock.ts'

const [folder = '', address = ''] = process.argv.slice(2)
const outcome = await lockFolder(folder, 'server', systemClock)
if ('lock' in outcome) await outcome.lock.announce(address)
console.log('lock' in outcome ? 'held' : `refused ${JSON.stringify(outcome.holder)}`)
if ('lock' in outcome) setInterval(() => {}, 60_000)
