import { describe, expect, it } from 'vitest'
import { roughly, secondsFixed, secondsInWords, timer } from './duration.ts'
import { localDate, zoneInWords } from './instant.ts'
import { maskNumber, otherParty } from './party.ts'

describe('durations', () => {
  it('tick like a clock', () => {
    expect(timer(7_999)).toBe('0:07')
    expect(timer(750_000)).toBe('12:30')
    expect(timer(3_725_000)).toBe('1:02:05')
    expect(timer(-5)).toBe('0:00')
  })

  it('keep every millisecond', () => {
    expect(secondsFixed(92_500)).toBe('92.500 s')
    expect(secondsFixed(-92_501)).toBe('−92.501 s')
    expect(secondsInWords(92_500)).toBe('92.5 s')
  })

  it('are rounded for people', () => {
    expect(roughly(45_000)).toBe('45 s')
    expect(roughly(200_000)).toBe('3 min 20 s')
    expect(roughly(7_500_000)).toBe('2 h 5 min')
    expect(roughly(400_000_000)).toBe('4 days')
  })
})

describe('instants', () => {
  it('have the local date of their time zone', () => {
    const at = Date.parse('2026-11-21T23:30:00Z')
    expect(localDate(at, 'Europe/Berlin')).toBe('2026-11-22')
    expect(localDate(at, 'America/New_York')).toBe('2026-11-21')
  })

  it('name a time zone by its city', () => {
    expect(zoneInWords('America/Argentina/Buenos_Aires')).toBe('Buenos Aires time')
    expect(zoneInWords('UTC')).toBe('UTC')
  })
})

describe('the other party of a call', () => {
  it('is the caller of an inbound call and the callee of an outbound one', () => {
    expect(otherParty({ direction: 'inbound', from: '+1', to: '+2' })).toBe('+1')
    expect(otherParty({ direction: 'outbound', from: '+1', to: '+2' })).toBe('+2')
    expect(otherParty({ direction: 'web', from: null, to: null })).toBeNull()
  })

  it('is maskNumber in the middle, whatever the length of the number', () => {
    expect(maskNumber('+4915112344567')).toBe('+4915 ••• 4567')
    expect(maskNumber('+49123456')).toBe('+49 ••• 456')
    expect(maskNumber('12345')).toBe('1•••45')
  })
})
