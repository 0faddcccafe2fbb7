import { describe, expect, test } from 'vitest'
import { classifyDisposition, decideContactState, type RetryPolicy } from './dispositions.ts'

describe('the disposition of a dial', () => {
  const call = { refused: false, answered: false, endReason: null, lost: false }
  test.each([
    { what: 'a conversation', call: { ...call, answered: true, endReason: 'completed' }, is: 'reached' },
    {
      what: 'a conversation that was hung up',
      call: { ...call, answered: true, endReason: 'hung_up' },
      is: 'reached',
    },
    { what: 'a mailbox', call: { ...call, answered: true, endReason: 'voicemail' }, is: 'voicemail' },
    { what: 'a busy line', call: { ...call, endReason: 'busy' }, is: 'busy' },
    { what: 'no answer', call: { ...call, endReason: 'no_answer' }, is: 'no_answer' },
    { what: 'an invalid number', call: { ...call, endReason: 'invalid_number' }, is: 'failed' },
    { what: 'a canceled call', call: { ...call, endReason: 'canceled' }, is: 'canceled' },
    { what: 'a refusal by the gate', call: { ...call, refused: true }, is: 'not_called' },
    { what: 'an order no carrier got', call: { ...call, endReason: 'not_placed' }, is: 'not_called' },
    { what: 'a withdrawn order', call: { ...call, endReason: 'withdrawn' }, is: 'not_called' },
    { what: 'an end reported before its answer', call: { ...call, endReason: 'completed' }, is: 'reached' },
    { what: 'a lost call', call: { ...call, lost: true, endReason: 'no_answer_reported' }, is: 'no_answer' },
  ])('of $what is $is', ({ call, is }) => {
    expect(classifyDisposition(call)).toBe(is)
  })
})

describe('a contact after its dial', () => {
  const policy: RetryPolicy = { attemptsMax: 3, afterMs: 600_000, on: ['no_answer', 'busy'] }
  const retryAtMs = 700_000
  test.each([
    { disposition: 'reached', attempts: 1, next: { state: 'reached' } },
    {
      disposition: 'no_answer',
      attempts: 1,
      next: { state: 'waiting', nextAttemptAtMs: retryAtMs, counts: true },
    },
    {
      disposition: 'busy',
      attempts: 2,
      next: { state: 'waiting', nextAttemptAtMs: retryAtMs, counts: true },
    },
    { disposition: 'busy', attempts: 3, next: { state: 'not_reached' } },
    { disposition: 'failed', attempts: 1, next: { state: 'not_reached' } },
    { disposition: 'voicemail', attempts: 1, next: { state: 'not_reached' } },
    {
      disposition: 'canceled',
      attempts: 3,
      next: { state: 'waiting', nextAttemptAtMs: retryAtMs, counts: false },
    },
    {
      disposition: 'not_called',
      attempts: 1,
      next: { state: 'waiting', nextAttemptAtMs: 100_000, counts: false },
    },
  ] as const)('with disposition $disposition at attempt $attempts is $next.state', (row) => {
    expect(decideContactState(row.disposition, row.attempts, policy, 100_000)).toEqual(row.next)
  })
})
