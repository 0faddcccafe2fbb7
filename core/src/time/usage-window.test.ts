import { describe, expect, test } from 'vitest'
import {
  chooseChartUnit,
  countDates,
  findBucketStart,
  isDate,
  monthOf,
  resolveWindowPreset,
} from './usage-window.ts'

describe('the last 30 days are today and the 29 days before it', () => {
  test.each`
    today           | from            | why
    ${'2026-11-22'} | ${'2026-10-24'} | ${'an ordinary day'}
    ${'2026-03-01'} | ${'2026-01-31'} | ${'a short February'}
    ${'2028-03-01'} | ${'2028-02-01'} | ${'a leap February'}
    ${'2026-01-01'} | ${'2025-12-03'} | ${'across the new year'}
  `('on $today they start on $from: $why', ({ today, from }) => {
    expect(resolveWindowPreset('last_30_days', today, null)).toEqual({ from, to: today })
    expect(countDates({ from, to: today })).toBe(30)
  })
})

describe('the last N months start on the day after today’s date N months ago', () => {
  test.each`
    today           | preset              | from            | why
    ${'2026-11-22'} | ${'last_3_months'}  | ${'2026-08-23'} | ${'an ordinary day'}
    ${'2026-11-22'} | ${'last_6_months'}  | ${'2026-05-23'} | ${'an ordinary day'}
    ${'2026-11-22'} | ${'last_12_months'} | ${'2025-11-23'} | ${'an ordinary day'}
    ${'2026-05-31'} | ${'last_3_months'}  | ${'2026-03-01'} | ${'there is no 31 February: its last day counts'}
    ${'2028-05-31'} | ${'last_3_months'}  | ${'2028-03-01'} | ${'nor in a leap year'}
    ${'2026-08-31'} | ${'last_6_months'}  | ${'2026-03-01'} | ${'nor a 31 February six months ago'}
    ${'2026-07-31'} | ${'last_3_months'}  | ${'2026-05-01'} | ${'there is no 31 April'}
    ${'2028-02-29'} | ${'last_12_months'} | ${'2027-03-01'} | ${'a leap day'}
    ${'2029-02-28'} | ${'last_12_months'} | ${'2028-02-29'} | ${'the day before it, a year later'}
    ${'2026-02-28'} | ${'last_3_months'}  | ${'2025-11-29'} | ${'the last day of February'}
    ${'2026-03-30'} | ${'last_12_months'} | ${'2025-03-31'} | ${'the 31st follows'}
  `('$preset on $today starts on $from: $why', ({ today, preset, from }) => {
    expect(resolveWindowPreset(preset, today, null)).toEqual({ from, to: today })
  })
})

test('all starts on the day of the first transaction, or today when there is none', () => {
  expect(resolveWindowPreset('all', '2026-11-22', '2024-02-29')).toEqual({
    from: '2024-02-29',
    to: '2026-11-22',
  })
  expect(resolveWindowPreset('all', '2026-11-22', '2026-11-22')).toEqual({
    from: '2026-11-22',
    to: '2026-11-22',
  })
  expect(resolveWindowPreset('all', '2026-11-22', null)).toEqual({ from: '2026-11-22', to: '2026-11-22' })
  expect(resolveWindowPreset('all', '2026-11-22', '2026-11-23')).toEqual({
    from: '2026-11-22',
    to: '2026-11-22',
  })
})

test('a calendar month runs from its first to its last date', () => {
  expect(monthOf('2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
  expect(monthOf('2026-11-30')).toEqual({ from: '2026-11-01', to: '2026-11-30' })
})

describe('a chart', () => {
  test.each`
    to              | unit
    ${'2027-01-05'} | ${'day'}
    ${'2027-01-06'} | ${'week'}
    ${'2033-01-26'} | ${'week'}
    ${'2033-01-27'} | ${'month'}
  `('from 2026-01-01 to $to has a point for each $unit', ({ to, unit }) => {
    expect(chooseChartUnit({ from: '2026-01-01', to })).toBe(unit)
  })

  test('has weeks that start on Monday', () => {
    expect(findBucketStart('2026-11-22', 'week')).toBe('2026-11-16')
    expect(findBucketStart('2026-11-23', 'week')).toBe('2026-11-23')
    expect(findBucketStart('2026-11-22', 'month')).toBe('2026-11-01')
    expect(findBucketStart('2026-11-22', 'day')).toBe('2026-11-22')
  })
})

test.each([
  ['2026-11-22', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-1-1', false],
  ['2026-11-22T00:00', false],
  ['', false],
])('whether "%s" is a date is %s', (text, is) => {
  expect(isDate(text)).toBe(is)
})
