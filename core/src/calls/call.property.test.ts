import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { playCall, refusedCall } from '../../test/play-call.ts'
import { propertyRuns } from '../../test/property-runs.ts'
import { type BalanceLine, balanceAt } from '../billing/balance-line.ts'
import {
  applyCallEvent,
  type CallEffect,
  type CallEvent,
  type CallFacts,
  deriveCallStatus,
  findUnchargedStart,
  isOpen,
  measureConversation,
  NEW_CALL_FACTS,
  type ReportSource,
} from './call.ts'

const runs = propertyRuns(500)

type AnswerEvent = Extract<CallEvent, { type: 'answer' }>
type EndEvent = Extract<CallEvent, { type: 'end' }>

const instant = fc.integer({ min: 0, max: 1_000 })
const answerBy = (by: fc.Arbitrary<ReportSource>): fc.Arbitrary<AnswerEvent> =>
  fc.record({ type: fc.constant('answer' as const), atMs: instant, by })
const endBy = (by: fc.Arbitrary<ReportSource>): fc.Arbitrary<EndEvent> =>
  fc.record({
    type: fc.constant('end' as const),
    atMs: instant,
    reason: fc.constantFrom(null, 'hangup', 'failed'),
    by,
  })
const anySource = fc.constantFrom<ReportSource>('workspace', 'operator', 'carrier', 'unrecorded')
const answer = answerBy(anySource)
const end = endBy(anySource)
const presumed: fc.Arbitrary<CallEvent> = fc.record({
  type: fc.constant('presume_end' as const),
  atMs: instant,
  reason: fc.constant('hard_stop'),
})
const cut: fc.Arbitrary<CallEvent> = fc.record({ type: fc.constant('cut' as const), atMs: instant })

/** The facts that do not depend on the path: where boundaries cut the call does. */
function omitPath({ settledUntilMs: _, ...facts }: CallFacts) {
  return facts
}

/**
 * One true answer and one true end of the highest rank, each reported once or more, among presumed ends, cuts and what
 * the workspace says, in any order.
 */
const trueStream = fc
  .record({
    answer: answerBy(fc.constant('operator')),
    end: endBy(fc.constant('operator')),
    noise: fc.array(
      fc.oneof(presumed, cut, answerBy(fc.constant('workspace')), endBy(fc.constant('workspace'))),
      { maxLength: 8 },
    ),
  })
  .chain(({ answer, end, noise }) =>
    fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }))
      .map(([answers, ends]) => [
        answer,
        end,
        ...Array(answers).fill(answer),
        ...Array(ends).fill(end),
        ...noise,
      ])
      .chain((stream: CallEvent[]) => fc.shuffledSubarray(stream, { minLength: stream.length }))
      .map((stream) => ({ answerMs: answer.atMs, endMs: end.atMs, endReason: end.reason, stream })),
  )

const anyStream = fc.array(fc.oneof(answer, end, presumed, cut), { maxLength: 10 })

/** The first report that is not the workspace's; the workspace's first one if there is no other. */
function findStanding<Report extends { by: ReportSource }>(reports: readonly Report[]): Report | undefined {
  return reports.find(({ by }) => by !== 'workspace') ?? reports[0]
}

const noEffect: CallEffect = { chargeMs: 0, liveCalls: 0, liveSinceSumMs: 0, openCalls: 0 }

function addEffects(a: CallEffect, b: CallEffect): CallEffect {
  return {
    chargeMs: a.chargeMs + b.chargeMs,
    liveCalls: a.liveCalls + b.liveCalls,
    liveSinceSumMs: a.liveSinceSumMs + b.liveSinceSumMs,
    openCalls: a.openCalls + b.openCalls,
  }
}

/** The sum of all effects that a call with these facts must have had since it was authorized. */
function sumEffectsOf(facts: CallFacts): CallEffect {
  const live = !facts.refused && facts.answeredAtMs !== null && facts.endedAtMs === null
  const sinceMs = facts.settledUntilMs ?? facts.answeredAtMs ?? 0
  return {
    chargeMs: facts.settledMs,
    liveCalls: live ? 1 : 0,
    liveSinceSumMs: live ? sinceMs : 0,
    openCalls: facts.endedAtMs === null ? 0 : -1,
  }
}

describe('events in any order, however often repeated,', () => {
  test('give the same facts and the same charge: from answer to end, never negative', () => {
    fc.assert(
      fc.property(trueStream, ({ answerMs, endMs, endReason, stream }) => {
        const { facts } = playCall(stream)
        expect(omitPath(facts)).toEqual({
          refused: false,
          answeredAtMs: answerMs,
          answeredBy: 'operator',
          endedAtMs: endMs,
          endedBy: 'operator',
          endSource: 'reported',
          endReason,
          settledMs: Math.max(0, endMs - answerMs),
        })
        expect(deriveCallStatus(facts)).toBe('ended')
      }),
      runs,
    )
  })

  test('keep of each fact the first report of the highest rank, whatever else is reported', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        const { facts } = playCall(stream)
        const standingAnswer = findStanding(stream.filter((event) => event.type === 'answer'))
        const standingEnd = findStanding(stream.filter((event) => event.type === 'end'))
        expect(facts.answeredAtMs).toBe(standingAnswer?.atMs ?? null)
        expect(facts.answeredBy).toBe(standingAnswer?.by ?? null)
        expect(facts.endSource === 'reported').toBe(standingEnd !== undefined)
        expect(facts.endedBy).toBe(standingEnd?.by ?? null)
        if (standingEnd === undefined) return
        expect(facts).toMatchObject({ endedAtMs: standingEnd.atMs, endReason: standingEnd.reason })
      }),
      runs,
    )
  })

  test('have effects that add up to the facts after every event, with nothing owed or overpaid', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        let facts = NEW_CALL_FACTS
        let effects = noEffect
        for (const event of stream) {
          const step = applyCallEvent(facts, event)
          facts = step.facts
          effects = addEffects(effects, step.effect)
          expect(effects).toEqual(sumEffectsOf(facts))
          const sinceMs = findUnchargedStart(facts)
          const dueMs =
            sinceMs === null ? (measureConversation(facts) ?? 0) : sinceMs - (facts.answeredAtMs ?? 0)
          expect(facts.settledMs).toBe(dueMs)
          expect(facts.settledMs).toBeGreaterThanOrEqual(0)
        }
      }),
      runs,
    )
  })

  test('never charge a refused call', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        const { facts, effects } = playCall(stream, refusedCall)
        expect(facts).toBe(refusedCall)
        expect(deriveCallStatus(facts)).toBe('refused')
        expect(isOpen(facts)).toBe(false)
        expect(effects.every((effect) => JSON.stringify(effect) === JSON.stringify(noEffect))).toBe(true)
      }),
      runs,
    )
  })

  test('move the balance line by the conversations, however the events of many calls are interleaved', () => {
    const mixed = fc.array(trueStream, { minLength: 1, maxLength: 5 }).chain((calls) => {
      const turns = calls.flatMap(({ stream }, call) => stream.map((): number => call))
      return fc.record({
        calls: fc.constant(calls),
        turns: fc.shuffledSubarray(turns, { minLength: turns.length }),
      })
    })
    fc.assert(
      fc.property(mixed, instant, ({ calls, turns }, anchorMs) => {
        let line: BalanceLine = { anchorMs, balanceMs: 5_000, liveCalls: 0 }
        const states = calls.map(({ stream }) => ({ facts: NEW_CALL_FACTS, rest: [...stream] }))
        for (const turn of turns) {
          const state = states[turn]
          const event = state?.rest.shift()
          if (state === undefined || event === undefined) continue
          const { facts, effect } = applyCallEvent(state.facts, event)
          state.facts = facts
          line = {
            anchorMs,
            balanceMs: line.balanceMs + effect.liveSinceSumMs - effect.liveCalls * anchorMs - effect.chargeMs,
            liveCalls: line.liveCalls + effect.liveCalls,
          }
        }
        const talkedMs = calls.map(({ answerMs, endMs }) => Math.max(0, endMs - answerMs))
        expect(line.liveCalls).toBe(0)
        expect(balanceAt(line, 2_000)).toBe(5_000 - talkedMs.reduce((total, ms) => total + ms, 0))
      }),
      runs,
    )
  })
})
