import { describe, expect, it } from 'vitest'
import type { Call } from '../../api/types.ts'
import { applyCallEvents, LINGER_MS, type LiveCall, updateCalls } from './live-calls.ts'

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
const statusesAfter = (calls: LiveCall[], events: Call[], seconds: number) =>
  applyCallEvents(calls, events, startMs + seconds * 1000).map((call) => call.status)

describe('the Live calls page', () => {
  it('shows a new call', () => {
    const [call] = applyCallEvents([], [ringing], startMs)
    expect(call).toMatchObject({ id: 'call_1', agentName: 'Reception', status: 'authorized' })
  })

  it('ignores an older event that a resumed stream repeats', () => {
    const calls = applyCallEvents([], [ringing, talking], startMs)
    expect(statusesAfter(calls, [ringing], 6)).toEqual(['in_conversation'])
    expect(statusesAfter(applyCallEvents(calls, [ended], startMs + 95_000), [talking], 96)).toEqual(['ended'])
  })

  it('keeps an ended call for a moment, then removes it', () => {
    const calls = applyCallEvents([], [ringing, talking], startMs)
    const after = applyCallEvents(calls, [ended], startMs + 95_000)
    expect(after[0]?.charged.milliseconds).toBe(90_000)
    expect(statusesAfter(after, [], 95 + LINGER_MS / 1000)).toEqual([])
  })

  it('keeps an ended call from when its event arrived, even if that was late', () => {
    const calls = applyCallEvents([], [ringing, talking], startMs)
    expect(statusesAfter(calls, [ended], 3_600)).toEqual(['ended'])
  })

  it('does not show a refused call', () => {
    expect(statusesAfter([], [{ ...ringing, status: 'refused', endedAt: at(0) }], 0)).toEqual([])
  })

  it('puts the newest call first', () => {
    const later = { ...ringing, id: 'call_2', authorizedAt: at(9) }
    expect(applyCallEvents([], [ringing, later], startMs).map((call) => call.id)).toEqual([
      'call_2',
      'call_1',
    ])
  })
})

describe('the call history', () => {
  it('updates known rows and adds none', () => {
    const calls = applyCallEvents([], [ringing], startMs)
    const events = new Map([
      ['call_1', ended],
      ['call_9', { ...ended, id: 'call_9' }],
    ])
    expect(updateCalls(calls, events).map((call) => [call.id, call.status])).toEqual([['call_1', 'ended']])
  })

  it('returns the list itself when no row changed', () => {
    const calls = applyCallEvents([], [ringing], startMs)
    expect(updateCalls(calls, new Map())).toBe(calls)
  })
})
