// Installs what is missing before a command runs. Works on any Node.js from 18 on: it runs before the pinned
// one exists.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** The path of the Node.js that package.json pins. */
export function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(projectRoot, 'node_modules', 'node', 'bin', name)
}

/** Installs the packages when node_modules is missing or holds others than package-lock.json names. */
export function ensureInstalled() {
  if (isInstalled()) return
  console.error('Installing what Talktime needs (the first time takes about a minute) …')
  // Not `npm ci`: it refuses a lock file that leaves out other platforms' optional packages. The lock file decides
  // here too, and is not written. Everything is needed (the dashboard is built and the tests run on this machine),
  // whatever NODE_ENV says, and so are the install scripts of Node.js and PostgreSQL.
  const options = ['--no-save', '--include=dev', '--include=optional', '--ignore-scripts=false']
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const windows = process.platform === 'win32'
  const result = spawnSync(windows ? 'npm.cmd' : 'npm', ['install', ...options, ...quiet], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
    shell: windows,
  })
  if (result.status === 0 && existsSync(pinnedNode())) return
  console.error(
    result.error?.code === 'ENOENT'
      ? 'npm was not found. It comes with Node.js (https://nodejs.org); nothing was started.'
      : 'The packages could not be installed: see npm’s message above. Nothing was started.',
  )
  process.exit(1)
}

/** Whether each package that this platform needs is there in the version of package-lock.json. */
function isInstalled() {
  const wanted = readPackages(join(projectRoot, 'package-lock.json'))
  // npm writes down here what it has installed.
  const installed = readPackages(join(projectRoot, 'node_modules', '.package-lock.json'))
  if (!wanted || !installed || !existsSync(pinnedNode())) return false
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.includes('node_modules/')) return true
    const found = installed[path]
    if (link) return found?.link === true
    return found ? found.version === version : optional === true
  })
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}
