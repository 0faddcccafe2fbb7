// Installs what is missing before a command runs. Works on any Node.js from 18 on: it runs before the pinned
// one exists.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(projectRoot, 'node_modules', '.talktime-installed')

/** The path of the Node.js that package.json pins. */
export function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(projectRoot, 'node_modules', 'node', 'bin', name)
}

/** Runs `npm ci` when node_modules is missing or was made from another package-lock.json. */
export function ensureInstalled() {
  const wanted = createHash('sha256').update(readFileSync(join(projectRoot, 'package-lock.json'))).digest('hex')
  const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (installed === wanted && existsSync(pinnedNode())) return
  console.error('Installing what Talktime needs (the first time takes about a minute) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // The machine's Node.js may be older than some packages ask for; they run under the pinned one.
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) {
    console.error('npm ci failed: see its message above. Nothing was started.')
    process.exit(1)
  }
  writeFileSync(stampFile, wanted)
}
