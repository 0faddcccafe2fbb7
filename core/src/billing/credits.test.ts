import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  creditsFromMs,
  creditsInWords,
  formatCredits,
  formatCreditsExact,
  formatCreditsFixed,
  msFromCredits,
} from './credits.ts'

const runs = propertyRuns(300)
/** Far more than anyone will ever hold: 18 billion credits. */
const ms = fc.integer({ min: -(2 ** 50), max: 2 ** 50 })

describe('credits and milliseconds', () => {
  test.each([
    [1, 60_000],
    [1.5, 90_000],
    [0, 0],
    [0.01, 600],
    [-2, -120_000],
    [1 / 3, 20_000],
    [0.000001, 0],
  ])('%d credits are %d ms', (credits, expected) => {
    expect(msFromCredits(credits)).toBe(expected)
  })

  test('every whole number of milliseconds survives the conversion to credits and back', () => {
    fc.assert(
      fc.property(ms, (amountMs) => {
        expect(msFromCredits(creditsFromMs(amountMs))).toBe(amountMs)
      }),
      runs,
    )
  })

  test('no result is negative zero', () => {
    expect(Object.is(msFromCredits(-0.000001), 0)).toBe(true)
    expect(Object.is(msFromCredits(-0), 0)).toBe(true)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e15, -1e15])(
    '%d credits are rejected because they cannot be kept exactly',
    (credits) => {
      expect(() => msFromCredits(credits)).toThrow(RangeError)
    },
  )
})

describe('formatted credits', () => {
  test.each([
    [0, '0'],
    [1, '0'],
    [599, '0'],
    [600, '0.01'],
    [59_999, '0.99'],
    [60_000, '1'],
    [90_000, '1.5'],
    [74_070_000, '1,234.5'],
    [-90_000, '-1.5'],
    [-1, '0'],
    [-599, '0'],
  ])('%d ms are shown as %s', (amountMs, shown) => {
    expect(formatCredits(amountMs, 'en')).toBe(shown)
  })

  test('the separators are those of the locale', () => {
    expect(formatCredits(74_070_000, 'de')).toBe('1.234,5')
    expect(formatCreditsExact(92_500, 'de')).toBe('1,541666…')
  })

  test.each([
    [0, '0.00'],
    [599, '0.00'],
    [59_999, '0.99'],
    [60_000, '1.00'],
    [92_500, '1.54'],
    [74_070_000, '1,234.50'],
    [-92_500, '-1.54'],
    [-1, '0.00'],
  ])('%d ms tick as %s', (amountMs, shown) => {
    expect(formatCreditsFixed(amountMs, 'en')).toBe(shown)
  })

  test.each([
    [60_000, '1 credit'],
    [59_999, '0.99 credits'],
    [60_599, '1 credit'],
    [90_000, '1.5 credits'],
    [0, '0 credits'],
    [75_000_000, '1,250 credits'],
  ])('%d ms are %s in a sentence', (amountMs, words) => {
    expect(creditsInWords(amountMs, 'en')).toBe(words)
  })

  test.each([
    [90_000, '1.5'],
    [92_500, '1.541666…'],
    [60_003, '1.00005'],
    [1, '0.000016…'],
    [-92_500, '−1.541666…'],
    [-1_800_000, '−30'],
    [75_000_000, '1,250'],
  ])('%d ms are exactly %s', (amountMs, exact) => {
    expect(formatCreditsExact(amountMs, 'en')).toBe(exact)
  })

  test('an amount of exact hundredths is shown exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (hundredths) => {
        expect(Number(formatCredits(hundredths * 600, 'en').replaceAll(',', ''))).toBe(hundredths / 100)
      }),
      runs,
    )
  })

  test('the fixed form shows the digits of the short form', () => {
    fc.assert(
      fc.property(ms, (amountMs) => {
        expect(Number(formatCreditsFixed(amountMs, 'en').replaceAll(',', ''))).toBe(
          Number(formatCredits(amountMs, 'en').replaceAll(',', '')),
        )
      }),
      runs,
    )
  })

  test('the text never shows more credit than there is, and leaves out less than a hundredth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (amountMs) => {
        const shownMs = msFromCredits(Number(formatCredits(amountMs, 'en').replaceAll(',', '')))
        expect(shownMs).toBe(amountMs - (amountMs % 600))
      }),
      runs,
    )
  })
})
