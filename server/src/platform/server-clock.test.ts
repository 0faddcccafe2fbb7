import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from './clock.ts'
import { createLog } from './log.ts'
import { createServerClock, type ServerClock } from './server-clock.ts'

const START_MS = Date.UTC(2026, 10, 30, 12)

/** A computer and a database, each with a clock of its own, and the time that really passes. */
function openTwoClocks(systemAheadMs = 0) {
  let passedMs = 1_000
  let databaseSetMs = 0
  const system = virtualClock(START_MS + systemAheadMs)
  const clock = createServerClock({ log: createLog('silent'), system, monotonicMs: () => passedMs })
  const databaseMs = () => START_MS + passedMs - 1_000 + databaseSetMs
  return {
    clock,
    system,
    databaseMs,
    pass(ms: number) {
      passedMs += ms
      system.advance(ms)
    },
    setDatabase(byMs: number) {
      databaseSetMs += byMs
    },
    /** Compares, with an answer that takes `thereMs` and `backMs`. */
    compare(thereMs = 0, backMs = 0) {
      const sentMs = passedMs
      this.pass(thereMs)
      const readMs = databaseMs()
      this.pass(backMs)
      clock.observe({ sentMs, receivedMs: passedMs, databaseMs: readMs })
    },
  }
}

describe('the clock of a server', () => {
  let two: ReturnType<typeof openTwoClocks>
  let clock: ServerClock
  const open = (systemAheadMs: number) => {
    two = openTwoClocks(systemAheadMs)
    clock = two.clock
  }
  const errorMs = () => clock.now() - two.databaseMs()
  beforeEach(() => open(0))

  test('is the system clock before the first comparison', () => {
    expect(clock.now()).toBe(START_MS)
    expect(clock.skewMs()).toBeUndefined()
    expect(clock.findFault?.()).toBeUndefined()
  })

  test.each([[-4_900], [-600], [-3], [0], [700], [4_900]])(
    'follows the database where the system clock is %d ms ahead',
    (aheadMs) => {
      open(aheadMs)
      two.compare()
      expect([clock.skewMs(), errorMs(), clock.findFault?.()]).toEqual([aheadMs, 0, undefined])
      two.pass(HOUR_MS)
      expect(errorMs()).toBe(0)
    },
  )

  test('takes the fastest of several answers, because it is the most exact', () => {
    open(2_000)
    two.compare(0, 300)
    expect(errorMs()).toBe(-150)
    two.compare(40, 40)
    expect(errorMs()).toBe(-40)
    two.compare(1, 1)
    expect(errorMs()).toBe(-1)
    for (let n = 0; n < 5; n += 1) two.compare(500, 0)
    expect(errorMs()).toBe(-1)
  })

  test('does not move when the system clock jumps, and says so at once, before the next comparison', () => {
    two.compare()
    two.system.advance(40 * 24 * HOUR_MS)
    expect([errorMs(), clock.findFault?.()]).toEqual([
      0,
      'The clock of this server differs from the database’s by 3456000.0 seconds. Set both by NTP.',
    ])
    two.compare()
    two.pass(MINUTE_MS)
    expect(errorMs()).toBe(0)
    two.system.advance(-40 * 24 * HOUR_MS)
    expect([errorMs(), clock.findFault?.()]).toEqual([0, undefined])
  })

  test.each([[5_001], [-5_001], [10 * MINUTE_MS]])(
    'has a fault where the system clock is %d ms ahead, and still shows the database’s time',
    (aheadMs) => {
      open(aheadMs)
      two.compare()
      expect(clock.findFault?.()).toMatch(/differs from the database’s by -?\d+\.\d seconds/)
      expect(errorMs()).toBe(0)
    },
  )

  test('does not follow a database whose clock jumped, until both clocks agree again', () => {
    two.compare()
    two.setDatabase(24 * HOUR_MS)
    two.compare()
    expect(clock.findFault?.()).toBeDefined()
    expect(clock.now()).toBe(START_MS)
    two.pass(SECOND_MS)
    expect(clock.now()).toBe(START_MS + SECOND_MS)
    two.setDatabase(-24 * HOUR_MS)
    two.compare()
    expect([clock.findFault?.(), errorMs()]).toEqual([undefined, 0])
  })

  test('catches up at once when the computer slept: the monotonic timer did not count that', () => {
    two.compare()
    two.system.advance(HOUR_MS)
    two.setDatabase(HOUR_MS)
    expect(clock.findFault?.()).toBeDefined()
    two.compare()
    expect([clock.findFault?.(), errorMs()]).toEqual([undefined, 0])
  })

  test('runs at half speed while it is ahead, and never goes back', () => {
    two.compare()
    two.setDatabase(-2 * SECOND_MS)
    two.compare()
    expect(errorMs()).toBe(2_000)
    two.pass(SECOND_MS)
    expect(errorMs()).toBe(1_500)
    two.compare()
    expect(errorMs()).toBe(1_500)
    two.pass(3 * SECOND_MS)
    expect(errorMs()).toBe(0)
    two.pass(SECOND_MS)
    expect(errorMs()).toBe(0)
  })

  const step = fc.oneof(
    fc.record({ pass: fc.integer({ min: 0, max: 10_000 }) }),
    fc.record({ setDatabase: fc.integer({ min: -4_000, max: 4_000 }) }),
    fc.record({ setSystem: fc.integer({ min: -8_000, max: 8_000 }) }),
    fc.record({ compare: fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 })) }),
  )

  test('never goes back, whatever the other clocks do, and is right after enough comparisons', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -4_900, max: 4_900 }),
        fc.array(step, { maxLength: 60 }),
        (ahead, steps) => {
          open(ahead)
          two.compare(1, 1)
          let lastMs = clock.now()
          for (const one of steps) {
            if ('pass' in one) two.pass(one.pass)
            else if ('setDatabase' in one) two.setDatabase(one.setDatabase)
            else if ('setSystem' in one) two.system.advance(one.setSystem)
            else two.compare(...one.compare)
            const nowMs = clock.now()
            expect(Number.isInteger(nowMs)).toBe(true)
            expect(nowMs).toBeGreaterThanOrEqual(lastMs)
            lastMs = nowMs
          }
          // The operator sets the computer's clock, and everything settles.
          two.system.set(two.databaseMs())
          for (let n = 0; n < 4; n += 1) {
            two.compare(1, 1)
            two.pass(10 * MINUTE_MS)
          }
          expect(clock.findFault?.()).toBeUndefined()
          expect(Math.abs(errorMs())).toBeLessThanOrEqual(3)
        },
      ),
    )
  })
})
