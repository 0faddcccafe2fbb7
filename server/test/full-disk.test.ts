import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot, runProgram, temporaryFolder, welcomed } from './start-server.ts'

/**
 * Ways to run a program that may mount a file system of its own, seen by nobody else: as root, or on a Linux that
 * lets ordinary users do so in a namespace. Where there is none (a locked container, macOS) the first test alone
 * tells how a disk without space is met.
 */
const mountingWays = [['--mount'], ['--user', '--map-current-user', '--keep-caps', '--mount']].filter(
  (way) => spawnSync('unshare', [...way, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0,
)

type Refusal = { code: number; said: string }
type Story = {
  whenFull: Refusal
  whenNearlyFull: Refusal
  committed: number
  whileRunning: string
  atNextStart: Refusal
  lost: number[]
  lastExit: number
}

describe('a server without space on its disk', () => {
  test('does not start where no file may grow, and leaves nothing half made', async () => {
    const { path, remove } = await temporaryFolder()
    const main = [join(projectRoot, 'server/src/main.ts')]
    const limited = runProgram(main, { TALKTIME_DATA_DIR: path }, [
      '/bin/sh',
      '-c',
      'ulimit -f 256; exec "$@"',
      'sh',
    ])
    expect(await limited.ended).toBe(1)
    expect(limited.stderr()).toMatch(/^Talktime could not start\.\nPostgreSQL could not be set up: .+\.\n$/)
    expect((await readdir(path)).filter((name) => name.startsWith('postgres.'))).toEqual([])
    const unlimited = await welcomed(runProgram(main, { TALKTIME_DATA_DIR: path }))
    unlimited.kill('SIGTERM')
    expect(await unlimited.ended).toBe(0)
    await remove()
  })

  test.each(mountingWays.slice(0, 1))(
    'loses nothing, and goes on when there is room (%s)',
    async (...way) => {
      const { path, remove } = await temporaryFolder()
      const script = runProgram([join(projectRoot, 'server/test/full-disk.ts'), path], {}, [
        'unshare',
        ...way,
      ])
      expect([await script.ended, script.stderr()]).toEqual([0, ''])
      const story = JSON.parse(script.stdout()) as Story
      expect(story.whenFull.code).toBe(1)
      expect(story.whenFull.said).toMatch(/The data folder \S+ cannot be used: the disk is full\./)
      expect(story.whenNearlyFull.code).toBe(1)
      expect(story.whenNearlyFull.said).toMatch(/PostgreSQL could not be set up: .*No space left on device/)
      expect(story.whileRunning).toMatch(/No space left on device|terminat|closed/)
      expect(story.atNextStart.code).toBe(1)
      expect(story.atNextStart.said).toMatch(/No space left on device|the disk is full/)
      expect(story).toMatchObject({ lost: [], lastExit: 0 })
      expect(story.committed).toBeGreaterThan(0)
      await remove()
    },
  )
})
