// Fills the disk of a server and prints what happened as one JSON object. Needs the right to mount a small file system
// at FOLDER: see full-disk.test.ts.
// Usage: node server/test/full-disk.ts FOLDER
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { readSettings } from '../src/config.ts'
import { connectToDatabase } from '../src/platform/database/connect.ts'
import { runServerToEnd, startServer } from './start-server.ts'

const folder = process.argv[2] ?? ''
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', folder])
const settings = { TALKTIME_DATA_DIR: join(folder, 'data'), TALKTIME_SECRET: 'x'.repeat(32) }

/** Fills the disk, except for `leftBytes`. */
async function fill(leftBytes = 0): Promise<void> {
  await fillCompletely()
  const filler = join(folder, 'filler')
  await truncate(filler, (await stat(filler)).size - leftBytes)
}
async function fillCompletely(): Promise<void> {
  const block = Buffer.alloc(64 * 1024)
  for (let _n = 0; ; _n++) {
    try {
      await writeFile(join(folder, 'filler'), block, { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
      throw error
    }
  }
}
const makeRoom = () => rm(join(folder, 'filler'))

await fill()
const whenFull = await runServerToEnd(settings)
await makeRoom()
await fill(10_000_000)
const whenNearlyFull = await runServerToEnd(settings)
await makeRoom()

const server = await startServer(settings)
const config = readSettings({ ...process.env, ...settings })
const { database, stop } = await connectToDatabase(config, pino({ level: 'silent' }), 'change')
await database.query('create table notes (n int primary key, text text storage external)')
await fill(3_000_000)
let committed = 0
let whileRunning = ''
// Each row takes 18 kB, uncompressed: more than any space left inside existing files.
for (let n = 1; n <= 10_000 && whileRunning === ''; n++) {
  await database.query(`insert into notes values ($1, repeat($2, 500))`, [n, randomUUID()]).then(
    () => {
      committed = n
    },
    (error: Error) => {
      whileRunning = error.message
    },
  )
}
await stop()
server.kill('SIGTERM')
await server.ended
const atNextStart = await runServerToEnd(settings)
await makeRoom()

const again = await startServer(settings)
const after = await connectToDatabase(config, pino({ level: 'silent' }), 'change')
const { rows } = await after.database.query<{ n: number }>('select n from notes order by n')
await after.stop()
again.kill('SIGTERM')
const lastExit = await again.ended

const found = rows.map(({ n }) => n)
const lost = Array.from({ length: committed }, (_, index) => index + 1).filter((n) => !found.includes(n))
console.log(
  JSON.stringify({ whenFull, whenNearlyFull, committed, whileRunning, atNextStart, lost, lastExit }),
)
