import { describe, expect, it } from 'vitest'
import type { Call } from '../../api/types.ts'
import { type LiveCall, lingerMs, withCalls, withNews } from './live-calls.ts'

const amount = (milliseconds: number) => ({ milliseconds, credits: milliseconds / 60_000 })
const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const at = (seconds: number) => new Date(startMs + seconds * 1000).toISOString()

const ringing: Call = {
  id: 'call_1',
  status: 'authorized',
  agentId: 'agt_1',
  agentName: 'Reception',
  direction: 'inbound',
  from: '+4915112344567',
  to: null,
  externalId: null,
  campaignId: null,
  authorizedAt: at(0),
  answeredAt: null,
  endedAt: null,
  endReason: null,
  endSource: null,
  maxDurationSeconds: 3600,
  duration: null,
  charged: amount(0),
  hangUpOrderedAt: null,
  hangUpReason: null,
  refusal: null,
}
const talking: Call = { ...ringing, status: 'in_conversation', answeredAt: at(5) }
const ended: Call = {
  ...talking,
  status: 'ended',
  endedAt: at(95),
  duration: amount(90_000),
  charged: amount(90_000),
}
const statusesAfter = (calls: LiveCall[], told: Call[], seconds: number) =>
  withCalls(calls, told, startMs + seconds * 1000).map((call) => call.status)

describe('the live page after events', () => {
  it('shows a new call', () => {
    const [call] = withCalls([], [ringing], startMs)
    expect(call).toMatchObject({ id: 'call_1', agentName: 'Reception', status: 'authorized' })
  })

  it('never goes back when a resumed stream repeats an older event', () => {
    const calls = withCalls([], [ringing, talking], startMs)
    expect(statusesAfter(calls, [ringing], 6)).toEqual(['in_conversation'])
    expect(statusesAfter(withCalls(calls, [ended], startMs + 95_000), [talking], 96)).toEqual(['ended'])
  })

  it('keeps a call that ended for a moment and then lets it go', () => {
    const calls = withCalls([], [ringing, talking], startMs)
    const after = withCalls(calls, [ended], startMs + 95_000)
    expect(after[0]?.charged.milliseconds).toBe(90_000)
    expect(statusesAfter(after, [], 95 + lingerMs / 1000)).toEqual([])
  })

  it('lets a call linger from when its end was told, however late that was', () => {
    const calls = withCalls([], [ringing, talking], startMs)
    expect(statusesAfter(calls, [ended], 3_600)).toEqual(['ended'])
  })

  it('does not show a call that was refused', () => {
    expect(statusesAfter([], [{ ...ringing, status: 'refused', endedAt: at(0) }], 0)).toEqual([])
  })

  it('puts the newest call first', () => {
    const later = { ...ringing, id: 'call_2', authorizedAt: at(9) }
    expect(withCalls([], [ringing, later], startMs).map((call) => call.id)).toEqual(['call_2', 'call_1'])
  })
})

describe('the history after events', () => {
  it('changes known rows in place and adds none', () => {
    const calls = withCalls([], [ringing], startMs)
    const told = new Map([
      ['call_1', ended],
      ['call_9', { ...ended, id: 'call_9' }],
    ])
    expect(withNews(calls, told).map((call) => [call.id, call.status])).toEqual([['call_1', 'ended']])
  })

  it('is the same list when nothing on it changed', () => {
    const calls = withCalls([], [ringing], startMs)
    expect(withNews(calls, new Map())).toBe(calls)
  })
})
