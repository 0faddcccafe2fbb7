import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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
} from './call.ts'

const runs = propertyRuns(500)
const refused: CallFacts = { ...NEW_CALL_FACTS, refused: true, endedAtMs: 0 }

/** Parses a scenario: `A10` is an answer at 10, `E90` an end, `P50` a presumed end, `C60` a cut. */
function parseEvents(script: string): CallEvent[] {
  return script.split(' ').map((word): CallEvent => {
    const atMs = Number(word.slice(1))
    if (word.startsWith('A')) return { type: 'answer', atMs }
    if (word.startsWith('E')) return { type: 'end', atMs, reason: 'hangup' }
    if (word.startsWith('P')) return { type: 'presume_end', atMs, reason: 'lease_ran_out' }
    return { type: 'cut', atMs }
  })
}

/** Applies a stream of events to a call. Returns the facts after it and the effect of each event. */
function play(stream: readonly CallEvent[], start = NEW_CALL_FACTS) {
  let facts = start
  const effects: CallEffect[] = stream.map((event) => {
    const step = applyCallEvent(facts, event)
    facts = step.facts
    return step.effect
  })
  return { facts, effects }
}

describe('a call', () => {
  test.each`
    script                  | status               | charges              | why
    ${'A10'}                | ${'in_conversation'} | ${[0]}               | ${'it is charged when it ends'}
    ${'A10 E100'}           | ${'ended'}           | ${[0, 90]}           | ${'it is charged from answer to end'}
    ${'E100'}               | ${'unanswered'}      | ${[0]}               | ${'ringing costs nothing'}
    ${'E100 A10'}           | ${'ended'}           | ${[0, 90]}           | ${'the answer arrived late'}
    ${'A10 E100 E100 E100'} | ${'ended'}           | ${[0, 90, 0, 0]}     | ${'a repeat changes nothing'}
    ${'A10 A50 E100'}       | ${'ended'}           | ${[0, 0, 90]}        | ${'the first answer stands'}
    ${'A10 E100 E500'}      | ${'ended'}           | ${[0, 90, 0]}        | ${'the first end stands'}
    ${'A10 E5'}             | ${'ended'}           | ${[0, 0]}            | ${'a conversation is never negative'}
    ${'A10 P50'}            | ${'lost'}            | ${[0, 40]}           | ${'it is charged to its last sign of life'}
    ${'A10 P50 E100'}       | ${'ended'}           | ${[0, 40, 50]}       | ${'it had gone on longer'}
    ${'A10 P50 E30'}        | ${'ended'}           | ${[0, 40, -20]}      | ${'it had ended earlier'}
    ${'A10 P50 P90'}        | ${'lost'}            | ${[0, 40, 0]}        | ${'it is lost only once'}
    ${'A10 E100 P50'}       | ${'ended'}           | ${[0, 90, 0]}        | ${'a presumption does not override a report'}
    ${'P50'}                | ${'lost'}            | ${[0]}               | ${'nobody reported what became of it'}
    ${'P50 A10'}            | ${'in_conversation'} | ${[0, 0]}            | ${'an answer proves the presumption wrong'}
    ${'P50 A10 E100'}       | ${'ended'}           | ${[0, 0, 90]}        | ${'it is reopened and ends'}
    ${'A10 C60 E100'}       | ${'ended'}           | ${[0, 50, 40]}       | ${'a reset cut it at 60'}
    ${'A10 C60 C80 E100'}   | ${'ended'}           | ${[0, 50, 20, 20]}   | ${'two boundaries cut it'}
    ${'A10 C60 C60 E100'}   | ${'ended'}           | ${[0, 50, 0, 40]}    | ${'the same boundary cuts it once'}
    ${'A10 C60 E40'}        | ${'ended'}           | ${[0, 50, -20]}      | ${'it had ended before the cut'}
    ${'A10 C60 P30 E100'}   | ${'ended'}           | ${[0, 50, -30, 70]}  | ${'reversed, then charged to its end'}
    ${'A10 C60 P30 E20'}    | ${'ended'}           | ${[0, 50, -30, -10]} | ${'reversed twice'}
    ${'A70 C60 E100'}       | ${'ended'}           | ${[0, 0, 30]}        | ${'the cut came before its answer'}
    ${'C60 A10 E100'}       | ${'ended'}           | ${[0, 0, 90]}        | ${'its answer arrived after the boundary'}
    ${'A10 E100 C60'}       | ${'ended'}           | ${[0, 90, 0]}        | ${'an ended call is not cut'}
  `('$script is $status and charges $charges: $why', ({ script, status, charges }) => {
    const { facts, effects } = play(parseEvents(script))
    expect(deriveCallStatus(facts)).toBe(status)
    expect(effects.map((effect) => effect.chargeMs)).toEqual(charges)
  })

  test.each([
    [null, 'unanswered'],
    ['busy', 'unanswered'],
    ['failed', 'failed'],
    ['invalid_number', 'failed'],
    ['rejected_by_carrier', 'failed'],
  ])('that ends unanswered for the reason %s is %s and costs nothing', (reason, status) => {
    const { facts } = play([{ type: 'end', atMs: 100, reason }])
    expect(deriveCallStatus(facts)).toBe(status)
    expect(facts.settledMs).toBe(0)
    expect(measureConversation(facts)).toBe(0)
  })

  test('has a length only once it has ended', () => {
    expect(measureConversation(NEW_CALL_FACTS)).toBeNull()
    expect(measureConversation(play(parseEvents('A10')).facts)).toBeNull()
    expect(measureConversation(play(parseEvents('A10 E100')).facts)).toBe(90)
    expect(measureConversation(refused)).toBe(0)
  })

  test('keeps the identical facts object when an event changes nothing', () => {
    const { facts } = play(parseEvents('A10 C60 E100'))
    for (const event of parseEvents('A10 A50 C60 C90 P70 E100 E50')) {
      expect(applyCallEvent(facts, event).facts).toBe(facts)
    }
  })
})

const instant = fc.integer({ min: 0, max: 1_000 })
const answer: fc.Arbitrary<CallEvent> = fc.record({ type: fc.constant('answer' as const), atMs: instant })
const end: fc.Arbitrary<CallEvent> = fc.record({
  type: fc.constant('end' as const),
  atMs: instant,
  reason: fc.constantFrom(null, 'hangup', 'failed'),
})
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

/** One true answer and one true end, each reported once or more, among presumed ends and cuts, in any order. */
const trueStream = fc
  .record({ answer, end, noise: fc.array(fc.oneof(presumed, cut), { maxLength: 6 }) })
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
      .map((stream) => ({ answerMs: answer.atMs, endMs: end.atMs, stream })),
  )

const anyStream = fc.array(fc.oneof(answer, end, presumed, cut), { maxLength: 10 })

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
      fc.property(trueStream, ({ answerMs, endMs, stream }) => {
        const { facts } = play(stream)
        expect(omitPath(facts)).toEqual({
          refused: false,
          answeredAtMs: answerMs,
          endedAtMs: endMs,
          endSource: 'reported',
          endReason: stream.find((event) => event.type === 'end')?.reason,
          settledMs: Math.max(0, endMs - answerMs),
        })
        expect(deriveCallStatus(facts)).toBe('ended')
      }),
      runs,
    )
  })

  test('keep the first report of each fact, whatever is reported later', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        const { facts } = play(stream)
        const firstEnd = stream.find((event) => event.type === 'end')
        expect(facts.answeredAtMs).toBe(stream.find((event) => event.type === 'answer')?.atMs ?? null)
        expect(facts.endSource === 'reported').toBe(firstEnd !== undefined)
        if (firstEnd === undefined) return
        expect(facts).toMatchObject({ endedAtMs: firstEnd.atMs, endReason: firstEnd.reason })
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
        const { facts, effects } = play(stream, refused)
        expect(facts).toBe(refused)
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
