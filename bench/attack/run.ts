// Runs attacks on a real server, one after another: those named as arguments, or all.
// Usage: npm run attack -- [NAME …] [--short]
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const folder = import.meta.dirname
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.replace(/\.ts$/, ''))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`There is no attack named ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  process.exit(2)
}

const missed: string[] = []
for (const name of positionals.length > 0 ? positionals : all) {
  if ((await runAttack(name)) !== 0) missed.push(name)
}
if (missed.length > 0) console.error(`Missed: ${missed.join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)

function runAttack(name: string): Promise<number> {
  const args = [join(folder, `${name}.ts`), ...(values.short ? ['--short'] : [])]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
