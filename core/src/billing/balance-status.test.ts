import { expect, test } from 'vitest'
import { classifyBalance, resolveLowBalanceThreshold } from './balance-status.ts'
import { MS_PER_CREDIT } from './credits.ts'

test.each`
  balance        | monthly | status   | why
  ${250}         | ${250}  | ${'ok'}  | ${'nothing is used'}
  ${25}          | ${250}  | ${'ok'}  | ${'a tenth is left'}
  ${24.99}       | ${250}  | ${'low'} | ${'less than a tenth is left'}
  ${5}           | ${30}   | ${'ok'}  | ${'a small plan is low at five credits'}
  ${4.99}        | ${30}   | ${'low'} | ${'and low below five'}
  ${5}           | ${0}    | ${'ok'}  | ${'without a plan five credits are enough'}
  ${4.99}        | ${0}    | ${'low'} | ${'fewer are not'}
  ${1 / 60_000}  | ${30}   | ${'low'} | ${'one millisecond is left'}
  ${0}           | ${30}   | ${'out'} | ${'zero is out'}
  ${-1 / 60_000} | ${30}   | ${'out'} | ${'and so is an overdraft'}
`('a balance of $balance credits with $monthly a month is $status: $why', ({ balance, monthly, status }) => {
  const thresholdMs = resolveLowBalanceThreshold(null, monthly * MS_PER_CREDIT)
  expect(classifyBalance(balance * MS_PER_CREDIT, thresholdMs)).toBe(status)
})

test.each`
  chosen  | monthly  | threshold | why
  ${null} | ${1_000} | ${100}    | ${'the default is a tenth of the month'}
  ${40}   | ${1_000} | ${40}     | ${'a chosen threshold below the default counts'}
  ${400}  | ${1_000} | ${400}    | ${'and so does one above it'}
  ${1}    | ${0}     | ${1}      | ${'even below five credits'}
  ${0}    | ${1_000} | ${0}      | ${'zero turns the low status off'}
`('with $monthly credits a month the threshold is $threshold: $why', ({ chosen, monthly, threshold }) => {
  const chosenMs = chosen === null ? null : chosen * MS_PER_CREDIT
  expect(resolveLowBalanceThreshold(chosenMs, monthly * MS_PER_CREDIT)).toBe(threshold * MS_PER_CREDIT)
})

test('the default threshold is rounded up to a whole millisecond', () => {
  expect(resolveLowBalanceThreshold(null, 60 * MS_PER_CREDIT * 10 + 1)).toBe(60 * MS_PER_CREDIT + 1)
})

test('with a threshold of zero a balance is ok until it is out', () => {
  expect([1, 0].map((balanceMs) => classifyBalance(balanceMs, 0))).toEqual(['ok', 'out'])
})
