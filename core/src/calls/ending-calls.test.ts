import { expect, test } from 'vitest'
import { isEndingCalls } from './ending-calls.ts'

const t0 = Date.UTC(2026, 0, 10, 12)

test.each`
  what                                     | wanted      | outSinceMs | balanceMs | afterMs   | ending
  ${'the credits have run out'}            | ${'end'}    | ${t0}      | ${0}      | ${0}      | ${true}
  ${'calls may finish'}                    | ${'finish'} | ${t0}      | ${0}      | ${0}      | ${false}
  ${'the credit watch has not acted yet'}  | ${'end'}    | ${null}    | ${0}      | ${0}      | ${false}
  ${'credit has been added since'}         | ${'end'}    | ${t0}      | ${60_000} | ${0}      | ${false}
  ${'added credit has been used again'}    | ${'end'}    | ${t0}      | ${60_000} | ${60_000} | ${true}
  ${'a clock that is behind shows credit'} | ${'end'}    | ${t0 + 10} | ${10}     | ${0}      | ${true}
`('whether calls are hung up is $ending when $what', ({ wanted, outSinceMs, balanceMs, afterMs, ending }) => {
  const watch = { outSinceMs, lowSinceMs: t0, lowBalanceThresholdMs: 0, reloadBelowMs: null }
  const line = { anchorMs: t0, balanceMs, liveCalls: 1, ...watch }
  expect(isEndingCalls(line, wanted, t0 + afterMs)).toBe(ending)
})
