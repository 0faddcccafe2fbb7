import { describe, expect, test } from 'vitest'
import { playCall, refusedCall } from '../../test/play-call.ts'
import {
  applyCallEvent,
  type CallEvent,
  deriveCallStatus,
  measureConversation,
  NEW_CALL_FACTS,
} from './call.ts'

/**
 * Parses a scenario: `A10` is an answer at 10, `E90` an end, `P50` a presumed end, `C60` a cut. Reports are the
 * workspace's, with an `o` before them the operator's.
 */
function parseEvents(script: string): CallEvent[] {
  return script.split(' ').map((word): CallEvent => {
    const by = word.startsWith('o') ? 'operator' : 'workspace'
    const event = word.replace('o', '')
    const atMs = Number(event.slice(1))
    if (event.startsWith('A')) return { type: 'answer', atMs, by }
    if (event.startsWith('E')) return { type: 'end', atMs, reason: 'hangup', by }
    if (event.startsWith('P')) return { type: 'presume_end', atMs, reason: 'lease_ran_out' }
    return { type: 'cut', atMs }
  })
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
    ${'A10 E11 oE1810'}     | ${'ended'}           | ${[0, 1, 1799]}      | ${'the operator corrects an invented end'}
    ${'A10 oE100 E50'}      | ${'ended'}           | ${[0, 90, 0]}        | ${'the workspace does not change the operator’s end'}
    ${'oA10 A50 E100'}      | ${'ended'}           | ${[0, 0, 90]}        | ${'the workspace does not change the operator’s answer'}
    ${'A10 oE100 oE50'}     | ${'ended'}           | ${[0, 90, 0]}        | ${'the operator’s first end stands'}
    ${'A10 E100 oE50'}      | ${'ended'}           | ${[0, 90, -50]}      | ${'the operator knows an earlier end'}
    ${'A10 E100 oA40'}      | ${'ended'}           | ${[0, 90, -30]}      | ${'the operator knows a later answer'}
    ${'A50 C60 oA10 E100'}  | ${'ended'}           | ${[0, 10, 40, 40]}   | ${'an earlier answer adds to what the boundary charged'}
    ${'A10 C60 oA40 E100'}  | ${'ended'}           | ${[0, 50, -30, 40]}  | ${'a later answer takes from what the boundary charged'}
    ${'A10 C60 oA70 E100'}  | ${'ended'}           | ${[0, 50, -50, 30]}  | ${'it was answered after the boundary'}
    ${'A10 P50 oA20'}       | ${'lost'}            | ${[0, 40, -10]}      | ${'a corrected answer does not reopen it'}
    ${'A10 P50 E30 oE90'}   | ${'ended'}           | ${[0, 40, -20, 60]}  | ${'presumed, reported, corrected'}
  `('$script is $status and charges $charges: $why', ({ script, status, charges }) => {
    const { facts, effects } = playCall(parseEvents(script))
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
    const { facts } = playCall([{ type: 'end', atMs: 100, reason, by: 'workspace' }])
    expect(deriveCallStatus(facts)).toBe(status)
    expect(facts.settledMs).toBe(0)
    expect(measureConversation(facts)).toBe(0)
  })

  test('has a length only once it has ended', () => {
    expect(measureConversation(NEW_CALL_FACTS)).toBeNull()
    expect(measureConversation(playCall(parseEvents('A10')).facts)).toBeNull()
    expect(measureConversation(playCall(parseEvents('A10 E100')).facts)).toBe(90)
    expect(measureConversation(refusedCall)).toBe(0)
  })

  test('keeps the identical facts object when an event changes nothing', () => {
    const { facts } = playCall(parseEvents('A10 C60 E100'))
    for (const event of parseEvents('A10 A50 C60 C90 P70 E100 E50')) {
      expect(applyCallEvent(facts, event).facts).toBe(facts)
    }
  })
})
