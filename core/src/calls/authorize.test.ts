import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { authorizeCall, type Gate } from './authorize.ts'

const nowMs = Date.UTC(2026, 0, 10, 12)
const open: Gate = {
  workspaceActive: true,
  awaitsVerification: false,
  agentActive: true,
  overdraft: 'finish',
  durationMsMax: 3_600_000,
  line: { anchorMs: nowMs - 10_000, balanceMs: 60_000, liveCalls: 2 },
  openCalls: 3,
  concurrentCallsMax: 5,
}
const balance = (balanceMs: number, liveCalls = 0) => ({ anchorMs: nowMs, balanceMs, liveCalls })

test.each<[string, string, Partial<Gate>]>([
  ['everything in order', 'authorized', {}],
  ['one millisecond of credit', 'authorized', { line: balance(1) }],
  ['a balance of zero', 'out_of_credits', { line: balance(0) }],
  ['an overdraft', 'out_of_credits', { line: balance(-1) }],
  [
    'credit that live calls have just used up',
    'out_of_credits',
    { line: { anchorMs: nowMs - 30_000, balanceMs: 60_000, liveCalls: 2 } },
  ],
  [
    'credit that live calls use up a millisecond later',
    'authorized',
    { line: { anchorMs: nowMs - 29_999, balanceMs: 60_000, liveCalls: 2 } },
  ],
  ['one place left', 'authorized', { openCalls: 4 }],
  ['no place left', 'concurrency_limit', { openCalls: 5 }],
  ['more calls than places, after a downgrade', 'concurrency_limit', { openCalls: 9 }],
  ['no limit', 'authorized', { openCalls: 100_000, concurrentCallsMax: null }],
  ['a disabled agent', 'agent_disabled', { agentActive: false }],
  ['a suspended workspace', 'workspace_suspended', { workspaceActive: false }],
  [
    'everything wrong at once',
    'workspace_suspended',
    { workspaceActive: false, agentActive: false, line: balance(0), openCalls: 5 },
  ],
  [
    'everything but the suspension wrong',
    'agent_disabled',
    { agentActive: false, line: balance(0), openCalls: 5 },
  ],
  ['an email address that is not verified', 'email_unverified', { awaitsVerification: true }],
  [
    'neither a verified address nor an agent',
    'email_unverified',
    { awaitsVerification: true, agentActive: false },
  ],
  [
    'no overdraft and a second for each call',
    'authorized',
    { overdraft: 'none', line: balance(4_000), openCalls: 3 },
  ],
  [
    'no overdraft and less than a second for each call',
    'out_of_credits',
    { overdraft: 'none', line: balance(3_999), openCalls: 3 },
  ],
  ['neither credits nor a place', 'out_of_credits', { line: balance(0), openCalls: 5 }],
])('with %s the decision is %s', (_case, expected, change) => {
  const answer = authorizeCall({ ...open, ...change }, nowMs)
  expect(answer.decision === 'refused' ? answer.reason : answer.decision).toBe(expected)
})

test('a call is authorized exactly when no reason to refuse it applies', () => {
  const gate: fc.Arbitrary<Gate> = fc.record({
    workspaceActive: fc.boolean(),
    awaitsVerification: fc.boolean(),
    agentActive: fc.boolean(),
    overdraft: fc.constantFrom('finish' as const, 'none' as const),
    durationMsMax: fc.constant(3_600_000),
    line: fc.record({
      anchorMs: fc.integer({ min: nowMs - 20, max: nowMs }),
      balanceMs: fc.oneof(fc.integer({ min: -20, max: 100 }), fc.integer({ min: 0, max: 8_000 })),
      liveCalls: fc.integer({ min: 0, max: 5 }),
    }),
    openCalls: fc.integer({ min: 0, max: 6 }),
    concurrentCallsMax: fc.option(fc.integer({ min: 1, max: 6 })),
  })
  fc.assert(
    fc.property(gate, (given) => {
      const usedMs = given.line.liveCalls * (nowMs - given.line.anchorMs)
      const neededMs = given.overdraft === 'finish' ? 1 : 1_000 * (given.openCalls + 1)
      const credit = given.line.balanceMs - usedMs >= neededMs
      const place = given.concurrentCallsMax === null || given.openCalls < given.concurrentCallsMax
      const isAuthorized =
        given.workspaceActive && !given.awaitsVerification && given.agentActive && credit && place
      expect(authorizeCall(given, nowMs).decision === 'authorized').toBe(isAuthorized)
    }),
    propertyRuns(300),
  )
})
