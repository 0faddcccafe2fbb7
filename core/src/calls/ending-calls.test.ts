import { expect, test } from 'vitest'
import { isEndingCalls } from './ending-calls.ts'

const t0 = Date.UTC(2026, 0, 10, 12)

test.each`
  what                                     | wanted      | outSinceMs | balanceMs | afterMs   | ending
  ${'the credits ran out'}                 | ${'end'}    | ${t0}      | ${0}      | ${0}      | ${true}
  ${'calls may finish'}                    | ${'finish'} | ${t0}      | ${0}      | ${0}      | ${false}
  ${'nobody has seen it yet'}              | ${'end'}    | ${null}    | ${0}      | ${0}      | ${false}
  ${'credit has come since'}               | ${'end'}    | ${t0}      | ${60_000} | ${0}      | ${false}
  ${'and has been used again'}             | ${'end'}    | ${t0}      | ${60_000} | ${60_000} | ${true}
  ${'a clock that is behind says not yet'} | ${'end'}    | ${t0 + 10} | ${10}     | ${0}      | ${true}
`('calls are ended: $ending, where $what', ({ wanted, outSinceMs, balanceMs, afterMs, ending }) => {
  const marks = { outSinceMs, lowSinceMs: t0, lowBalanceThresholdMs: 0, reloadBelowMs: null }
  const line = { anchorMs: t0, balanceMs, liveCalls: 1, ...marks }
  expect(isEndingCalls(line, wanted, t0 + afterMs)).toBe(ending)
})
