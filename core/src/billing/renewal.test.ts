import { describe, expect, test } from 'vitest'
import { computeUnpaidPlanEnd, decideRenewalRetry } from './renewal.ts'

const dayMs = 24 * 60 * 60_000
const hourMs = dayMs / 24
const day = (days: number) => days * dayMs

describe('a renewal that cannot be charged', () => {
  test.each`
    tries | sinceDay | nowDay | next                                                                          | why
    ${0}  | ${null}  | ${10}  | ${{ kind: 'retry', sinceMs: day(10), tries: 1, nextTryMs: day(11) }}          | ${'a day after it failed first'}
    ${1}  | ${10}    | ${11}  | ${{ kind: 'retry', sinceMs: day(10), tries: 2, nextTryMs: day(13) }}          | ${'three days after'}
    ${2}  | ${10}    | ${13}  | ${{ kind: 'retry', sinceMs: day(10), tries: 3, nextTryMs: day(15) }}          | ${'five days after'}
    ${3}  | ${10}    | ${15}  | ${{ kind: 'give_up' }}                                                        | ${'then the plan ends'}
    ${9}  | ${10}    | ${99}  | ${{ kind: 'give_up' }}                                                        | ${'and stays ended'}
    ${1}  | ${10}    | ${40}  | ${{ kind: 'retry', sinceMs: day(10), tries: 2, nextTryMs: day(40) + hourMs }} | ${'a try that came late puts the next one off'}
  `('after $tries tries: $why', ({ tries, sinceDay, nowDay, next }) => {
    const sinceMs = sinceDay === null ? null : day(sinceDay)
    expect(decideRenewalRetry({ sinceMs, tries }, day(nowDay))).toEqual(next)
  })

  test('ends the plan five days after it failed first, at the earliest', () => {
    expect(computeUnpaidPlanEnd(day(10))).toBe(day(15))
  })
})
