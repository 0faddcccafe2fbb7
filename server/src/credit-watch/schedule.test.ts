import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSchedule } from './schedule.ts'

describe('a schedule', () => {
  test('returns what is due once, longest due first', () => {
    const schedule = createSchedule()
    schedule.put('later', 1, 300)
    schedule.put('second', 1, 200)
    schedule.put('first', 1, 100)
    expect(schedule.nextMs()).toBe(100)
    expect(schedule.take(99, 10)).toEqual([])
    expect(schedule.take(250, 10).map(({ workspaceId }) => workspaceId)).toEqual(['first', 'second'])
    expect(schedule.take(250, 10)).toEqual([])
    expect(schedule.nextMs()).toBe(300)
  })

  test('returns no more at once than the limit', () => {
    const schedule = createSchedule()
    for (const name of ['a', 'b', 'c']) schedule.put(name, 1, 100)
    expect(schedule.take(100, 2)).toHaveLength(2)
    expect(schedule.take(100, 2)).toHaveLength(1)
  })

  test('ignores an earlier state of a workspace', () => {
    const schedule = createSchedule()
    schedule.put('a', 2, 500)
    schedule.put('a', 1, 100)
    expect(schedule.take(499, 10)).toEqual([])
    schedule.put('a', 1, null)
    expect(schedule.take(500, 10)).toEqual([{ workspaceId: 'a', dueMs: 500 }])
  })

  test('agrees with a list that is searched, whatever is put and taken', () => {
    const put = fc.record({
      workspaceId: fc.constantFrom('a', 'b', 'c', 'd'),
      inMs: fc.option(fc.integer({ min: 0, max: 50 })),
    })
    const pass = fc.record({ passMs: fc.integer({ min: 0, max: 10 }) })
    fc.assert(
      fc.property(fc.array(fc.oneof(put, pass), { maxLength: 60 }), (steps) => {
        const schedule = createSchedule()
        const known = new Map<string, number>()
        let nowMs = 0
        for (const [seq, step] of steps.entries()) {
          if ('passMs' in step) {
            nowMs += step.passMs
            const expected = [...known].filter(([, dueMs]) => dueMs <= nowMs).map(([name]) => name)
            const due = schedule.take(nowMs, 100)
            expect(due.map(({ workspaceId }) => workspaceId).sort()).toEqual(expected.sort())
            for (const name of expected) known.delete(name)
          } else {
            const dueMs = step.inMs === null ? null : nowMs + step.inMs
            schedule.put(step.workspaceId, seq, dueMs)
            if (dueMs === null) known.delete(step.workspaceId)
            else known.set(step.workspaceId, dueMs)
          }
          if (known.size > 0) expect(schedule.nextMs()).toBeLessThanOrEqual(Math.min(...known.values()))
        }
      }),
    )
  })
})
