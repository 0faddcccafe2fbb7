import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../time/durations.ts'
import { computeUnpaidPlanEnd, decideRenewalRetry } from './renewal.ts'

const day = (days: number) => days * DAY_MS

describe('a renewal that cannot be charged', () => {
  test.each`
    tries | sinceDay | nowDay | next                                                                           | why
    ${0}  | ${null}  | ${10}  | ${{ kind: 'retry', sinceMs: day(10), tries: 1, nextTryMs: day(11) }}           | ${'it is retried a day after the first failure'}
    ${1}  | ${10}    | ${11}  | ${{ kind: 'retry', sinceMs: day(10), tries: 2, nextTryMs: day(13) }}           | ${'and three days after it'}
    ${2}  | ${10}    | ${13}  | ${{ kind: 'retry', sinceMs: day(10), tries: 3, nextTryMs: day(15) }}           | ${'and five days after it'}
    ${3}  | ${10}    | ${15}  | ${{ kind: 'give_up' }}                                                         | ${'then the plan ends'}
    ${9}  | ${10}    | ${99}  | ${{ kind: 'give_up' }}                                                         | ${'and is not charged again'}
    ${1}  | ${10}    | ${40}  | ${{ kind: 'retry', sinceMs: day(10), tries: 2, nextTryMs: day(40) + HOUR_MS }} | ${'a late attempt defers the next one'}
  `('after $tries failed attempts: $why', ({ tries, sinceDay, nowDay, next }) => {
    const sinceMs = sinceDay === null ? null : day(sinceDay)
    expect(decideRenewalRetry({ sinceMs, tries }, day(nowDay))).toEqual(next)
  })

  test('ends the plan five days after the first failure at the earliest', () => {
    expect(computeUnpaidPlanEnd(day(10))).toBe(day(15))
  })
})
