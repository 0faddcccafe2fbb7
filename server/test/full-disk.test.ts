import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ProgramResult, projectRoot, runProgram, waitForWelcome } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * Options of `unshare` with which a program may mount a file system that no other process sees: as root, or on a Linux
 * that lets ordinary users do so in a namespace. Where neither works (a locked container, macOS), only the first test
 * covers a full disk.
 */
const mountingWays = [['--mount'], ['--user', '--map-current-user', '--keep-caps', '--mount']].filter(
  (way) => spawnSync('unshare', [...way, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0,
)

type Story = {
  whenFull: ProgramResult
  whenNearlyFull: ProgramResult
  committed: number
  whileRunning: string
  atNextStart: ProgramResult
  lost: number[]
  lastExit: number
}

describe('a server without space on its disk', () => {
  test('does not start where no file may grow, and leaves nothing half done', async () => {
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
    const unlimited = await waitForWelcome(runProgram(main, { TALKTIME_DATA_DIR: path }))
    unlimited.kill('SIGTERM')
    expect(await unlimited.ended).toBe(0)
    await remove()
  })

  test.each(mountingWays.slice(0, 1))(
    'loses nothing, and works again once there is room (%s)',
    async (...way) => {
      const { path, remove } = await temporaryFolder()
      const script = runProgram([join(projectRoot, 'server/test/full-disk.ts'), path], {}, [
        'unshare',
        ...way,
      ])
      expect([await script.ended, script.stderr()]).toEqual([0, ''])
      const story = JSON.parse(script.stdout()) as Story
      expect(story.whenFull.code).toBe(1)
      expect(story.whenFull.stderr).toMatch(/The data folder \S+ cannot be used: the disk is full\./)
      expect(story.whenNearlyFull.code).toBe(1)
      expect(story.whenNearlyFull.stderr).toMatch(/PostgreSQL could not be set up: .*No space left on device/)
      expect(story.whileRunning).toMatch(/No space left on device|terminat|closed/)
      expect(story.atNextStart.code).toBe(1)
      expect(story.atNextStart.stderr).toMatch(/No space left on device|the disk is full/)
      expect(story).toMatchObject({ lost: [], lastExit: 0 })
      expect(story.committed).toBeGreaterThan(0)
      await remove()
    },
  )
})
