import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../test/property-runs.ts'
import { authorizeCall, type Gate } from './authorize.ts'

const nowMs = Date.UTC(2026, 0, 10, 12)
const open: Gate = {
  workspaceActive: true,
  agentActive: true,
  line: { anchorMs: nowMs - 10_000, balanceMs: 60_000, liveCalls: 2 },
  openCalls: 3,
  concurrentCallsMax: 5,
}
const balance = (balanceMs: number, liveCalls = 0) => ({ anchorMs: nowMs, balanceMs, liveCalls })

test.each<[string, Partial<Gate>, string]>([
  ['everything in order', {}, 'authorized'],
  ['one millisecond of credit', { line: balance(1) }, 'authorized'],
  ['exactly nothing', { line: balance(0) }, 'out_of_credits'],
  ['an overdraft', { line: balance(-1) }, 'out_of_credits'],
  [
    'what live calls have used up by now',
    { line: { anchorMs: nowMs - 30_000, balanceMs: 60_000, liveCalls: 2 } },
    'out_of_credits',
  ],
  [
    'a millisecond less than that',
    { line: { anchorMs: nowMs - 29_999, balanceMs: 60_000, liveCalls: 2 } },
    'authorized',
  ],
  ['one place left', { openCalls: 4 }, 'authorized'],
  ['no place left', { openCalls: 5 }, 'concurrency_limit'],
  ['more calls than places, after a smaller plan', { openCalls: 9 }, 'concurrency_limit'],
  ['no limit', { openCalls: 100_000, concurrentCallsMax: null }, 'authorized'],
  ['a disabled agent', { agentActive: false }, 'agent_disabled'],
  ['a suspended workspace', { workspaceActive: false }, 'workspace_suspended'],
  [
    'everything wrong at once',
    { workspaceActive: false, agentActive: false, line: balance(0), openCalls: 5 },
    'workspace_suspended',
  ],
  ['all but the suspension wrong', { agentActive: false, line: balance(0), openCalls: 5 }, 'agent_disabled'],
  ['no credits and no place', { line: balance(0), openCalls: 5 }, 'out_of_credits'],
])('with %s the answer is %3$s', (_case, change, expected) => {
  const answer = authorizeCall({ ...open, ...change }, nowMs)
  expect(answer.decision === 'refused' ? answer.reason : answer.decision).toBe(expected)
})

test('a call is let in exactly when nothing stands against it', () => {
  const gate: fc.Arbitrary<Gate> = fc.record({
    workspaceActive: fc.boolean(),
    agentActive: fc.boolean(),
    line: fc.record({
      anchorMs: fc.integer({ min: nowMs - 20, max: nowMs }),
      balanceMs: fc.integer({ min: -20, max: 100 }),
      liveCalls: fc.integer({ min: 0, max: 5 }),
    }),
    openCalls: fc.integer({ min: 0, max: 6 }),
    concurrentCallsMax: fc.option(fc.integer({ min: 1, max: 6 })),
  })
  fc.assert(
    fc.property(gate, (given) => {
      const usedMs = given.line.liveCalls * (nowMs - given.line.anchorMs)
      const credit = given.line.balanceMs > usedMs
      const place = given.concurrentCallsMax === null || given.openCalls < given.concurrentCallsMax
      const letIn = given.workspaceActive && given.agentActive && credit && place
      expect(authorizeCall(given, nowMs).decision === 'authorized').toBe(letIn)
    }),
    propertyRuns(300),
  )
})
