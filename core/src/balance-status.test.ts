import { expect, test } from 'vitest'
import { balanceStatus } from './balance-status.ts'
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
  expect(balanceStatus(balance * MS_PER_CREDIT, monthly * MS_PER_CREDIT)).toBe(status)
})
