// Builds the dashboard into web/dist when its sources have changed since.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinnedNode, projectRoot } from './install.mjs'

const sources = [
  'web/index.html',
  'web/package.json',
  'web/vite.config.ts',
  'web/public',
  'web/src',
  'core/src',
  'package-lock.json',
]
const dist = join(projectRoot, 'web', 'dist')
const stampFile = join(dist, '.built-from')

/** @returns {{ built: boolean, failure?: string }} what the build said when it failed */
export function buildWeb() {
  const wanted = fingerprint()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return { built: false }
  console.error('Building the dashboard …')
  // It is built aside and put in place when complete: a build that fails, or another at the same time, harms nothing.
  const draft = join(projectRoot, 'node_modules', `.talktime-web-${process.pid}`)
  const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn']
  const result = spawnSync(pinnedNode(), args, {
    cwd: join(projectRoot, 'web'),
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  if (result.status !== 0) {
    rmSync(draft, { recursive: true, force: true })
    return { built: false, failure: `${result.stdout}${result.stderr}`.trim() }
  }
  writeFileSync(join(draft, '.built-from'), wanted)
  rmSync(dist, { recursive: true, force: true })
  renameSync(draft, dist)
  return { built: true }
}

/** A hash over the names and contents of everything the build reads. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const source of sources) addTo(hash, source)
  return hash.digest('hex')
}

function addTo(hash, path) {
  const full = join(projectRoot, path)
  if (!existsSync(full)) return
  const entries = readdirOrUndefined(full)
  if (!entries) return hash.update(`${path}\0`).update(readFileSync(full)).update('\0')
  for (const entry of entries.sort()) addTo(hash, `${path}/${entry}`)
}

function readdirOrUndefined(path) {
  try {
    return readdirSync(path)
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined
    throw error
  }
}
