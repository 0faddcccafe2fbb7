// A disk that fills up while the server works: what it acknowledged is still there afterwards.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../../server/test/start-server.ts'
import { attack } from './kit/attack.ts'

/** Options of `unshare` with which a program may mount a small file system of its own. */
const ways = [['--mount'], ['--user', '--map-current-user', '--keep-caps', '--mount']]

type Story = {
  readonly whenFull: { readonly code: number; readonly stderr: string }
  readonly committed: number
  readonly whileRunning: string
  readonly lost: readonly number[]
  readonly lastExit: number
}

await attack('disk-full', async (report) => {
  const way = ways.find(
    (options) => spawnSync('unshare', [...options, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0,
  )
  if (way === undefined) throw new Error('This attack must be able to mount a small file system, as root can')
  const folder = await mkdtemp(join(tmpdir(), 'talktime-disk-'))
  report.defer(() => rm(folder, { recursive: true, force: true }))
  const program = runProgram(['server/test/full-disk.ts', folder], {}, ['unshare', ...way])
  const code = await program.ended
  if (code !== 0) throw new Error(`It ended with ${code}:\n${program.stderr()}`)
  const { whenFull, committed, whileRunning, lost, lastExit } = JSON.parse(program.stdout()) as Story
  report.expect('a full disk stops the start in words', whenFull.code === 1, whenFull.stderr.trim())
  report.figure('while it ran, the next write failed with', whileRunning)
  report.expect('acknowledged and lost', committed > 0 && lost.length === 0, `${lost.length} of ${committed}`)
  report.expect('with room again, it starts and stops cleanly', lastExit === 0, `exit ${lastExit}`)
})
