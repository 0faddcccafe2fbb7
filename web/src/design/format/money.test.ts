import { describe, expect, it } from 'vitest'
import { currencySign, minorOf, money, pricePerCredit, times } from './money.ts'

const usd = (minor: number) => ({ minor, currency: 'USD' })

describe('money', () => {
  it('has the decimals of its currency', () => {
    expect(money(usd(2_400))).toBe('$24.00')
    expect(money(usd(1_234_567))).toBe('$12,345.67')
    expect(money(usd(-500))).toBe('-$5.00')
    expect(money({ minor: 2_400, currency: 'JPY' })).toBe('¥2,400')
    expect(money({ minor: 2_400, currency: 'BHD' })).toContain('2.400')
    expect(money({ minor: 240_000, currency: 'HUF' })).toContain('2,400.00')
  })

  it('knows a currency’s sign and minor units', () => {
    expect(currencySign('EUR')).toBe('€')
    expect(minorOf(240, 'USD')).toBe(24_000)
    expect(minorOf(19.99, 'USD')).toBe(1_999)
    expect(minorOf(240, 'JPY')).toBe(240)
  })

  it('writes the price of one credit, even below a cent', () => {
    expect(pricePerCredit(usd(1_200), 6_000_000)).toBe('$0.12')
    expect(pricePerCredit(usd(1_250), 6_000_000)).toBe('$0.125')
    expect(pricePerCredit(usd(50), 6_000_000)).toBe('$0.005')
  })

  it('is multiplied in minor units', () => {
    expect(times(usd(1_999), 3)).toEqual(usd(5_997))
  })
})
