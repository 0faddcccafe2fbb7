// npm test: installs what is missing, then checks types, lint, walls and dead code, builds the dashboard and runs
// every test. All steps run, whatever fails. With arguments, only the tests they name: npm test -- server/src/calls
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { buildWeb } from './build-web.mjs'
import { ensureInstalled, pinnedNode, projectRoot } from './install.mjs'

ensureInstalled()
const named = process.argv.slice(2)
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
// First in the path, the pinned Node.js runs every tool.
const env = {
  ...process.env,
  PATH: [join(projectRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
}

const results = []
if (named.length === 0) {
  const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'))
  results.push(
    ...(await Promise.all(checks.map((name) => check(name.slice('check:'.length), scripts[name])))),
  )
}
results.push(await step('dashboard', async () => buildWeb().failure))
const tests = await runTests()
results.push(tests.result)

console.log('')
for (const { name, failed, seconds } of results) {
  console.log(`${name.padEnd(12)}${failed ? 'failed' : 'ok'.padEnd(6)}${seconds.toFixed(1).padStart(8)} s`)
}
const failedSteps = results.filter(({ failed }) => failed).length
// A step that failed without a test of its own counts as one failure.
const failed = tests.failed + failedSteps - (tests.failed > 0 ? 1 : 0)
console.log(`${tests.passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function check(name, command) {
  return step(name, async () => {
    const { code, output } = await run(command, [], { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
    return code === 0 ? undefined : output
  })
}

async function step(name, work) {
  const startMs = performance.now()
  const failure = await work()
  const seconds = (performance.now() - startMs) / 1000
  if (failure !== undefined) console.log(`\n── ${name} failed\n${failure.trim()}`)
  return { name, failed: failure !== undefined, seconds }
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'talktime-results-'))
  const file = join(folder, 'results.json')
  const startMs = performance.now()
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const { code } = await run(pinnedNode(), [vitest, 'run', ...reporters, ...named], { stdio: 'inherit' })
  const counted = readCounts(file)
  rmSync(folder, { recursive: true, force: true })
  const seconds = (performance.now() - startMs) / 1000
  return { ...counted, result: { name: 'tests', failed: code !== 0, seconds } }
}

function readCounts(file) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}

/** Runs a command to its end; Ctrl-C and SIGTERM end it too. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: projectRoot, env, ...options })
    const pass = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, pass)
      resolve({ code: code ?? 1, output })
    })
  })
}
