import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBackground } from './background.ts'

function fail(error: unknown): never {
  throw error
}

/** A piece of work that ends when it is told to. */
function createGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

describe('a background worker', () => {
  test('runs a key once more when it was woken while it ran, with everything noted meanwhile', async () => {
    const gate = createGate()
    const runs: string[][] = []
    const background = createBackground<string>({
      onError: fail,
      async work(_key, notes) {
        runs.push(notes)
        if (runs.length === 1) await gate.opened
      },
    })
    background.wake('a', 'first')
    background.wake('a', 'second')
    background.wake('a')
    background.wake('a', 'third', 'fourth')
    gate.open()
    await background.idle()
    expect(runs).toEqual([['first'], ['second', 'third', 'fourth']])
  })

  test('never runs a key twice at once, runs other keys beside it, and loses no note', async () => {
    const wakeUps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), note: fc.nat() }), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(wakeUps, fc.scheduler(), async (sequence, scheduler) => {
        const running = new Set<string>()
        const heard: { key: string; note: number }[] = []
        const background = createBackground<number>({
          onError: fail,
          async work(key, notes) {
            expect(running.has(key)).toBe(false)
            running.add(key)
            await scheduler.schedule(Promise.resolve())
            heard.push(...notes.map((note) => ({ key, note })))
            running.delete(key)
          },
        })
        for (const { key, note } of sequence) {
          background.wake(key, note)
          if (note % 3 === 0 && scheduler.count() > 0) await scheduler.waitOne()
        }
        const idle = background.idle()
        await scheduler.waitFor(idle)
        const ofKey = (list: typeof heard, wanted: string) => list.filter(({ key }) => key === wanted)
        for (const key of ['a', 'b', 'c']) expect(ofKey(heard, key)).toEqual(ofKey(sequence, key))
      }),
      { numRuns: 200 },
    )
  })

  test('reports a failure and runs the key again when it is woken', async () => {
    const errors: unknown[] = []
    let runs = 0
    const background = createBackground({
      onError: (error) => errors.push(error),
      async work() {
        runs += 1
        if (runs === 1) throw new Error('Broken')
      },
    })
    background.wake('a')
    await background.idle()
    background.wake('a')
    await background.idle()
    expect([runs, errors]).toEqual([2, [new Error('Broken')]])
  })

  test('that is closed waits for what is running, repeats nothing and starts nothing', async () => {
    const gate = createGate()
    let runs = 0
    const background = createBackground({
      onError: fail,
      async work() {
        runs += 1
        await gate.opened
      },
    })
    background.wake('a')
    background.wake('a')
    const closed = background.close()
    background.wake('b')
    gate.open()
    await closed
    expect([runs, background.isClosed]).toEqual([1, true])
  })

  test('is idle once pieces of work without a key have ended too', async () => {
    const gate = createGate()
    const background = createBackground({ onError: fail })
    background.run(gate.opened)
    let idle = false
    const waiting = background.idle().then(() => {
      idle = true
    })
    await Promise.resolve()
    expect(idle).toBe(false)
    gate.open()
    await waiting
  })
})
