import { describe, expect, it } from 'vitest'
import { creditsBrief, creditsExact, creditsFixed, creditsInWords } from './credits.ts'

describe('credits', () => {
  it('show two decimals in ticking numbers and columns', () => {
    expect(creditsFixed(90_000)).toBe('1.50')
    expect(creditsFixed(92_500)).toBe('1.54')
    expect(creditsFixed(-1)).toBe('0.00')
    expect(creditsFixed(59_999)).toBe('0.99')
  })

  it('show at most two decimals in sentences', () => {
    expect(creditsBrief(1_800_000)).toBe('30')
    expect(creditsBrief(90_000)).toBe('1.5')
    expect(creditsInWords(60_000)).toBe('1 credit')
    expect(creditsInWords(59_999)).toBe('0.99 credits')
    expect(creditsInWords(75_000_000)).toBe('1,250 credits')
  })

  it('are exact to the millisecond, with an ellipsis when the decimals never end', () => {
    expect(creditsExact(90_000)).toBe('1.5')
    expect(creditsExact(92_500)).toBe('1.541666…')
    expect(creditsExact(60_003)).toBe('1.00005')
    expect(creditsExact(1)).toBe('0.000016…')
    expect(creditsExact(-92_500)).toBe('−1.541666…')
    expect(creditsExact(75_000_000)).toBe('1,250')
  })
})
