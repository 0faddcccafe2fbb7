import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  addGrant,
  chargeAnotherCall,
  chargeCall,
  emptyLedger,
  type ReferenceLedger,
  readCharge,
  reverseCharge,
  sumLengths,
} from '../../test/reference-ledger.ts'
import {
  allocateCharges,
  allocateReversal,
  type ChargeAllocation,
  type ChargeEntry,
  measureAllocation,
} from './charge-allocations.ts'

const runs = propertyRuns(1_000)

const amount = fc.integer({ min: 1, max: 1_000 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const step: fc.Arbitrary<(ledger: ReferenceLedger) => ReferenceLedger> = fc.oneof(
  amount.map((amountMs) => (ledger: ReferenceLedger) => chargeCall(ledger, amountMs)),
  amount.map((amountMs) => (ledger: ReferenceLedger) => chargeAnotherCall(ledger, amountMs)),
  amount.map((amountMs) => (ledger: ReferenceLedger) => addGrant(ledger, amountMs)),
  share.map((part) => (ledger: ReferenceLedger) => reverseCharge(ledger, partOfCharge(ledger, part))),
)
/** A call charged, reversed and charged again, among other calls and grants of its workspace. */
const ledger = fc
  .array(step, { maxLength: 14 })
  .map((steps) => steps.reduce((now, take) => take(now), emptyLedger))

function partOfCharge(ledger: ReferenceLedger, part: number): number {
  return Math.floor(part * readCharge(ledger))
}

/** Reversal entries whose grants have paid nothing of this call. */
function reversalsOf(reversed: readonly ChargeAllocation[]): ChargeEntry[] {
  return reversed.map((piece, index) => ({
    amountMs: measureAllocation(piece),
    drawnAfterMs: 0,
    grantId: `returned ${index}`,
  }))
}

/** In ascending order, with neighbors of one payer joined: equal lists cover equal ranges. */
function normalize(allocations: readonly ChargeAllocation[]): ChargeAllocation[] {
  const joined: ChargeAllocation[] = []
  for (const piece of [...allocations].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    const continues = last?.toMs === piece.fromMs && last.grantId === piece.grantId
    if (continues) joined.splice(-1, 1, { ...last, toMs: piece.toMs })
    else joined.push(piece)
  }
  return joined
}

describe('the allocation of a call’s charges', () => {
  test('adds up to what the call is charged, in ascending ranges that do not overlap', () => {
    fc.assert(
      fc.property(ledger, ({ entries, draws }) => {
        const allocations = allocateCharges(entries, draws)
        expect(sumLengths(allocations)).toBe(readCharge({ entries }))
        for (const [index, { fromMs, toMs }] of allocations.entries()) {
          expect(fromMs).toBeGreaterThanOrEqual(allocations[index - 1]?.toMs ?? 0)
          expect(toMs).toBeGreaterThan(fromMs)
        }
      }),
      runs,
    )
  })

  test('names the grant that drew each range, and none for a range of the overdraft', () => {
    fc.assert(
      fc.property(ledger, ({ entries, draws, foldedMs }) => {
        for (const { fromMs, toMs, grantId } of allocateCharges(entries, draws)) {
          if (grantId === null) expect(fromMs).toBeGreaterThanOrEqual(foldedMs)
          else {
            const drew = draws.some((draw) => {
              return draw.grantId === grantId && draw.fromMs <= fromMs && toMs <= draw.toMs
            })
            expect(drew).toBe(true)
          }
        }
      }),
      runs,
    )
  })
})

describe('the allocation of a reversal', () => {
  test('adds up to what is reversed, and never exceeds the charge', () => {
    fc.assert(
      fc.property(ledger, share, (books, part) => {
        const { entries, draws } = books
        const amountMs = partOfCharge(books, part)
        expect(sumLengths(allocateReversal(entries, draws, amountMs))).toBe(amountMs)
        expect(() => allocateReversal(entries, draws, readCharge(books) + 1)).toThrow(RangeError)
      }),
      runs,
    )
  })

  test('gives back the newest ranges first, each to its payer', () => {
    fc.assert(
      fc.property(ledger, share, (books, part) => {
        const { entries, draws } = books
        const reversed = allocateReversal(entries, draws, partOfCharge(books, part))
        const whole = allocateReversal(entries, draws, readCharge(books))
        expect(normalize(whole)).toEqual(normalize(allocateCharges(entries, draws)))
        const oldest = reversed.at(-1)
        const matching = whole.slice(0, reversed.length)
        const cut = matching.at(-1)
        expect(reversed).toEqual(
          oldest === undefined || cut === undefined
            ? []
            : [...matching.slice(0, -1), { ...cut, fromMs: oldest.fromMs }],
        )
      }),
      runs,
    )
  })

  test('in two steps is that of both at once', () => {
    fc.assert(
      fc.property(ledger, share, share, (books, part, partOfRest) => {
        const { entries, draws } = books
        const firstMs = partOfCharge(books, part)
        const secondMs = Math.floor(partOfRest * (readCharge(books) - firstMs))
        const first = allocateReversal(entries, draws, firstMs)
        const second = allocateReversal([...entries, ...reversalsOf(first)], draws, secondMs)
        const atOnce = allocateReversal(entries, draws, firstMs + secondMs)
        expect(normalize([...first, ...second])).toEqual(normalize(atOnce))
      }),
      runs,
    )
  })

  test('and the allocation after it make up the allocation before it', () => {
    fc.assert(
      fc.property(ledger, share, (books, part) => {
        const { entries, draws } = books
        const reversed = allocateReversal(entries, draws, partOfCharge(books, part))
        const left = allocateCharges([...entries, ...reversalsOf(reversed)], draws)
        expect(normalize([...left, ...reversed])).toEqual(normalize(allocateCharges(entries, draws)))
      }),
      runs,
    )
  })

  test('leaves each payer its part, also when the credit that comes back pays the call’s own overdraft', () => {
    fc.assert(
      fc.property(ledger, share, (books, part) => {
        const amountMs = partOfCharge(books, part)
        const reversed = allocateReversal(books.entries, books.draws, amountMs)
        const after = reverseCharge(books, amountMs)
        const leftMs = sumByPayer(books, allocateCharges(after.entries, after.draws))
        for (const [grantId, paidMs] of sumByPayer(books, allocateCharges(books.entries, books.draws))) {
          const backMs = sumByPayer(books, reversed).get(grantId) ?? 0
          expect(leftMs.get(grantId) ?? 0).toBe(paidMs - backMs)
        }
      }),
      runs,
    )
  })
})

/** Milliseconds by grant. Grants that did not exist in `before` count as the overdraft that they have paid. */
function sumByPayer(
  before: ReferenceLedger,
  allocations: readonly ChargeAllocation[],
): Map<string | null, number> {
  const sums = new Map<string | null, number>()
  for (const allocation of allocations) {
    const payer = before.draws.some(({ grantId }) => grantId === allocation.grantId)
      ? allocation.grantId
      : null
    sums.set(payer, (sums.get(payer) ?? 0) + measureAllocation(allocation))
  }
  return sums
}

test('a call that was reversed and charged again gives back its newest charge first', () => {
  const entries = [
    { amountMs: -12, drawnAfterMs: 12, grantId: null },
    { amountMs: 12, drawnAfterMs: 12, grantId: 'returned' },
    { amountMs: -20, drawnAfterMs: 32, grantId: null },
  ]
  const draws = [
    { grantId: 'last cycle', fromMs: 0, toMs: 12 },
    { grantId: 'this cycle', fromMs: 12, toMs: 32 },
  ]
  expect(allocateReversal(entries, draws, 15)).toEqual([{ grantId: 'this cycle', fromMs: 17, toMs: 32 }])
})
