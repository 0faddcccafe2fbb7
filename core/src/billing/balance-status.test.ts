import { expect, test } from 'vitest'
import { classifyBalance, resolveLowBalanceThreshold } from './balance-status.ts'
import { MS_PER_CREDIT } from './credits.ts'

test.each`
  balance        | monthly | status   | why
  ${250}         | ${250}  | ${'ok'}  | ${'everything is left'}
  ${25}          | ${250}  | ${'ok'}  | ${'a tenth is left'}
  ${24.99}       | ${250}  | ${'low'} | ${'less than a tenth is left'}
  ${5}           | ${30}   | ${'ok'}  | ${'a small plan is low at five credits'}
  ${4.99}        | ${30}   | ${'low'} | ${'and below'}
  ${5}           | ${0}    | ${'ok'}  | ${'top-ups alone'}
  ${4.99}        | ${0}    | ${'low'} | ${'few top-ups alone'}
  ${1 / 60_000}  | ${30}   | ${'low'} | ${'a millisecond is not nothing'}
  ${0}           | ${30}   | ${'out'} | ${'nothing is out'}
  ${-1 / 60_000} | ${30}   | ${'out'} | ${'and less than nothing'}
`('$balance credits of $monthly a month are $status: $why', ({ balance, monthly, status }) => {
  const level = resolveLowBalanceThreshold(null, monthly * MS_PER_CREDIT)
  expect(classifyBalance(balance * MS_PER_CREDIT, level)).toBe(status)
})

test.each`
  chosen  | monthly  | level  | why
  ${null} | ${1_000} | ${100} | ${'a tenth of the month'}
  ${40}   | ${1_000} | ${40}  | ${'what was chosen, below the tenth'}
  ${400}  | ${1_000} | ${400} | ${'and above it'}
  ${1}    | ${0}     | ${1}   | ${'also below five credits'}
  ${0}    | ${1_000} | ${0}   | ${'nothing is ever low'}
`('of $monthly credits a month less than $level are low: $why', ({ chosen, monthly, level }) => {
  const chosenMs = chosen === null ? null : chosen * MS_PER_CREDIT
  expect(resolveLowBalanceThreshold(chosenMs, monthly * MS_PER_CREDIT)).toBe(level * MS_PER_CREDIT)
})

test('a level is a whole number of milliseconds, and what is below a tenth is below it', () => {
  expect(resolveLowBalanceThreshold(null, 60 * MS_PER_CREDIT * 10 + 1)).toBe(60 * MS_PER_CREDIT + 1)
})

test('with a level of zero a balance is in order until it is out', () => {
  expect([1, 0].map((balanceMs) => classifyBalance(balanceMs, 0))).toEqual(['ok', 'out'])
})
