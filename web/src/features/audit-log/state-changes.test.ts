import { describe, expect, it } from 'vitest'
import { actionInWords, actorDetail, actorInWords } from './audit-labels.ts'
import { listChanges } from './state-changes.ts'

describe('what an action changed, in words', () => {
  it.each([
    ['a text', { name: 'Old' }, { name: 'New' }, 'Name', 'Old', 'New'],
    [
      'nothing before',
      { lowBalanceCredits: null },
      { lowBalanceCredits: 12.5 },
      'Low balance credits',
      'not set',
      '12.5',
    ],
    ['a switch', { enabled: true }, { enabled: false }, 'Enabled', 'yes', 'no'],
    [
      'a field inside',
      { limits: { membersMax: 5, x: 1 } },
      { limits: { membersMax: 9, x: 1 } },
      'Limits: members max',
      '5',
      '9',
    ],
    [
      'money',
      { price: { minor: 900, currency: 'USD' } },
      { price: { minor: 1_250, currency: 'USD' } },
      'Price',
      '$9.00',
      '$12.50',
    ],
    [
      'a list',
      { kinds: null },
      { kinds: ['balance_low', 'balance_zero'] },
      'Kinds',
      'not set',
      'balance_low, balance_zero',
    ],
    [
      'an instant',
      { startsAt: null },
      { startsAt: '2026-11-22T10:00:00.000Z' },
      'Starts at',
      'not set',
      'Nov 22, 2026, 03:30 PM',
    ],
  ])('%s', (_what, before, after, label, from, to) => {
    expect(listChanges(before, after, 'Asia/Kolkata')).toEqual([{ label, before: from, after: to }])
  })

  it('says a schedule as people read it, and nothing of the schedule that was not there', () => {
    const hours = { timeZone: 'UTC', days: [{ day: 'monday', from: '09:00', to: '17:00' }] }
    expect(listChanges({ callingHours: null }, { callingHours: hours }, 'UTC')).toEqual([
      { label: 'Calling hours: time zone', before: undefined, after: 'UTC' },
      { label: 'Calling hours: days', before: undefined, after: 'monday 09:00–17:00' },
    ])
  })

  it('leaves out what is not set of something new, and its id', () => {
    const state = { id: 'agt_1', url: 'https://example.com', kinds: null, expYear: 2029, planId: 'free' }
    expect(listChanges(null, state, 'UTC')).toEqual([
      { label: 'URL', before: undefined, after: 'https://example.com' },
      { label: 'Exp year', before: undefined, after: '2029' },
      { label: 'Plan ID', before: undefined, after: 'free' },
    ])
  })

  it('lists every field of something new, and of something that is gone', () => {
    const state = { amount: { milliseconds: 90_000, credits: 1.5 }, reason: 'Sorry' }
    expect(listChanges(null, state, 'UTC')).toEqual([
      { label: 'Amount', before: undefined, after: '1.5 credits' },
      { label: 'Reason', before: undefined, after: 'Sorry' },
    ])
    expect(listChanges({ email: 'a@example.com' }, null, 'UTC')).toEqual([
      { label: 'Email', before: 'a@example.com', after: undefined },
    ])
    expect(listChanges(null, null, 'UTC')).toEqual([])
  })
})

describe('who did what, in words', () => {
  it.each([
    ['key.revoked', 'API key revoked'],
    ['workspace.changed', 'Workspace changed'],
    ['payment_method.made_default', 'Default card changed'],
    ['second_factor.enabled', 'Second factor enabled'],
  ])('%s', (action, words) => {
    expect(actionInWords(action)).toBe(words)
  })

  it('names people and keys, and says what the others are', () => {
    const nobody = { id: null, name: null, email: null }
    expect(actorInWords({ kind: 'operator', ...nobody })).toBe('Operator')
    expect(actorInWords({ kind: 'system', ...nobody })).toBe('Talktime')
    expect(actorDetail({ kind: 'key', id: 'key_1', name: 'CI', email: null })).toBe('API key')
    expect(actorDetail({ kind: 'user', id: 'usr_1', name: 'Ada', email: 'ada@example.com' })).toBe(
      'ada@example.com',
    )
  })
})
