import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Program, projectRoot, runProgram, waitForOutput } from '../../test/start-server.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { virtualClock } from './clock.ts'
import { lockFolder } from './folder-lock.ts'

const clock = virtualClock(Date.parse('2026-11-22T10:00:00Z'))
let folder: string
let remove: () => Promise<void>
let programs: Program[]

beforeEach(async () => {
  ;({ path: folder, remove } = await temporaryFolder())
  programs = []
})
afterEach(async () => {
  for (const program of programs) program.kill('SIGKILL')
  await Promise.all(programs.map(({ ended }) => ended))
  await remove()
})

function hold(address = 'http://127.0.0.1:4400'): Program {
  const program = runProgram([join(projectRoot, 'server/test/hold-folder.ts'), folder, address], {})
  programs.push(program)
  return program
}

describe('a data folder', () => {
  test('held by another process is refused, and its holder named', async () => {
    const holder = hold()
    await waitForOutput(holder, /held/)
    const outcome = await lockFolder(folder, 'server', clock)
    expect(outcome).toMatchObject({
      holder: { kind: 'server', pid: holder.pid, address: 'http://127.0.0.1:4400' },
    })
  })

  test('held by this process is refused too, until it is released', async () => {
    const first = await lockFolder(folder, 'command', clock)
    expect(await lockFolder(folder, 'command', clock)).toEqual({
      holder: { kind: 'command', pid: process.pid, address: null, sinceMs: clock.now() },
    })
    if ('lock' in first) await first.lock.release()
    const second = await lockFolder(folder, 'command', clock)
    expect(second).toHaveProperty('lock')
    if ('lock' in second) await second.lock.release()
  })

  test('is free again when its holder is killed', async () => {
    const holder = hold()
    await waitForOutput(holder, /held/)
    holder.kill('SIGKILL')
    await holder.ended
    const outcome = await lockFolder(folder, 'server', clock)
    expect(outcome).toHaveProperty('lock')
    if ('lock' in outcome) await outcome.lock.release()
  })

  test('is free although the process number of a dead holder now belongs to another program', async () => {
    const left = { kind: 'server', pid: process.ppid, address: 'http://127.0.0.1:4400', sinceMs: 0 }
    await writeFile(join(folder, 'holder.json'), JSON.stringify(left))
    const outcome = await lockFolder(folder, 'server', clock)
    expect(outcome).toHaveProperty('lock')
    if ('lock' in outcome) await outcome.lock.release()
  })

  test('goes to one of several processes that start at once, and the others learn which', async () => {
    const all = [1, 2, 3, 4].map((n) => hold(`http://127.0.0.1:440${n}`))
    const outcomes = await Promise.all(all.map((program) => waitForOutput(program, /held|refused .*/)))
    const winner = all[outcomes.indexOf('held')]
    expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(1)
    for (const outcome of outcomes.filter((outcome) => outcome !== 'held')) {
      expect(JSON.parse(outcome.replace('refused ', ''))).toMatchObject({ pid: winner?.pid })
    }
  })
})
