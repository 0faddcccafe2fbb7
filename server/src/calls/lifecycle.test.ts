import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { playTable } from '../../test/ledger-table.ts'
import { callOf, openWorld, startOf, verifyAll, type World, worldStartsAtMs } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.set(worldStartsAtMs))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

describe('a call', () => {
  test('costs its conversation, from answer to hang-up, to the millisecond', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens | balance    | monthly | top-up | other | outcome
       01-10 12:00:00 |              | 30         | 30      | 0      | 0     |
       12:00:00       | A starts     | 30         |         |        |       | rings 0
       12:00:20       | A answers    | 30         |         |        |       | talks 0
       12:00:20.001   |              | 1799999 ms |         |        |       |
       12:01:20       |              | 29         | 29      |        |       |
       12:01:50       | A ends       | 28.5       | 28.5    | 0      | 0     | over 1.5
       12:09:00       |              | 28.5       | 28.5    |        |       |`,
    )
  })

  test('of 30 seconds costs half a credit, and so does the next: nothing is rounded', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens | balance    | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts     | 30         |         |        |       | rings 0
       12:00:00       | A answers    | 30         |         |        |       | talks 0
       12:00:30       | A ends       | 29.5       |         |        |       | over 0.5
       12:00:30       | B starts     | 29.5       |         |        |       | rings 0
       12:00:30       | B answers    | 29.5       |         |        |       | talks 0
       12:00:59.999   | B ends       | 1740001 ms |         |        |       | over 29999 ms`,
    )
  })

  test('that nobody answers costs nothing', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts     | 30      |         |        |       | rings 0
       12:05:00       | A ends       | 30      |         |        |       | over 0`,
    )
  })

  test('is charged once, however often, however late and in whatever order its events come', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens              | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts                  | 30      |         |        |       | rings 0
       12:10:00       | A ends at 12:03:30        | 30      |         |        |       | over 0
       12:10:00       | A answers at 12:01:00     | 27.5    | 27.5    |        |       | over 2.5
       12:10:00       | A answers at 12:00:00     | 27.5    |         |        |       | over 2.5
       12:11:00       | A ends at 12:03:30        | 27.5    |         |        |       | over 2.5
       12:12:00       | A ends                    | 27.5    |         |        |       | over 2.5
       01-11 12:03:30 | A ends at 01-10 12:03:30  | 27.5    | 27.5    |        |       | over 2.5
       12:03:31       | A ends at 01-10 12:03:30  | 27.5    |         |        |       | problem: invalid_request
       12:03:31       | A ends at 12:03:36.001    | 27.5    |         |        |       | problem: invalid_request`,
    )
  })

  test('is refused when the balance is exactly zero, and let in with a millisecond', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 60_000 }),
      `when           | what happens | balance  | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts     | 1        |         |        |       | rings 0
       12:00:00       | A answers    | 1        |         |        |       | talks 0
       12:00:59.999   | B starts     | 1 ms     |         |        |       | rings 0
       12:01:00       | C starts     | 0        | 0       |        |       | refused: out_of_credits
       12:01:00       | C answers    | 0        |         |        |       | problem: call_refused
       12:01:00       | C ends       | 0        |         |        |       | refused: out_of_credits
       12:01:00       | A ends       | 0        | 0       | 0      | 0     | over 1
       12:01:00       | D starts     | 0        |         |        |       | refused: out_of_credits
       12:01:00       | +1 top_up    | 1        | 0       | 1      | 0     |
       12:01:00       | E starts     | 1        |         |        |       | rings 0
       12:02:00       | B ends       | 1        |         |        |       | over 0
       12:02:00       | E ends       | 1        |         |        |       | over 0`,
    )
  })

  test('may run into an overdraft, which the next credits pay first', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 60_000 }),
      `when           | what happens    | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts        | 1       |         |        |       | rings 0
       12:00:00       | A answers       | 1       |         |        |       | talks 0
       12:03:00       |                 | -2      | 0       | 0      | 0     |
       12:06:00       | A ends          | -5      | 0       | 0      | 0     | over 6
       12:06:00       | +2 promotional  | -3      | 0       | 0      | 0     |
       12:06:00       | B starts        | -3      |         |        |       | refused: out_of_credits
       12:06:00       | +10 top_up      | 7       | 0       | 7      | 0     |
       12:07:00       | -8              | -1      | 0       | 0      | 0     |
       02-10 12:00:00 |                 | 0       | 0       | 0      | 0     |
       03-10 12:00:00 |                 | 1       | 1       | 0      | 0     |`,
    )
  })
})

describe('a lost call', () => {
  test('is closed at its hard stop, and corrected when its end is reported after all', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 100 * 60_000 }),
      `when           | what happens          | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts              | 100     |         |        |       | rings 0
       12:00:00       | A answers             | 100     |         |        |       | talks 0
       12:00:01       | B starts              |         |         |        |       | rings 0
       12:00:01       | B answers             |         |         |        |       | talks 0
       13:00:59.999   | reaper                |         |         |        |       | 0 closed
       13:01:00       | reaper                |         |         |        |       | 1 closed
       13:01:01       | reaper                | -20     | 0       | 0      | 0     | 1 closed
       13:01:02       | A ends at 12:00:30    | 39.5    | 39.5    | 0      | 0     | over 0.5
       13:02:00       | B ends at 13:00:46    | 38.75   | 38.75   | 0      | 0     | over 60.75
       13:03:00       | A ends at 12:59:00    | 38.75   |         |        |       | over 0.5`,
    )
  })

  test('that nobody had paid for yet gives back no credit that would never expire', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 100 * 60_000 }),
      `when           | what happens          | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts              | 100     |         |        |       | rings 0
       12:00:00       | A answers             | 100     |         |        |       | talks 0
       12:00:01       | B starts              |         |         |        |       | rings 0
       12:00:01       | B answers             |         |         |        |       | talks 0
       13:01:01       | reaper                | -20     | 0       | 0      | 0     | 2 closed
       13:01:02       | B ends at 12:00:31    | 39.5    | 39.5    | 0      | 0     | over 0.5
       02-10 12:00:00 |                       | 100     | 100     | 0      | 0     |`,
    )
  })

  test('among others gives back the same credit in whatever order they are corrected', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 100 * 60_000 }),
      `when           | what happens          | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts              | 100     |         |        |       | rings 0
       12:00:00       | A answers             | 100     |         |        |       | talks 0
       12:00:01       | B starts              |         |         |        |       | rings 0
       12:00:01       | B answers             |         |         |        |       | talks 0
       12:00:02       | C starts              |         |         |        |       | rings 0
       12:00:02       | C answers             |         |         |        |       | talks 0
       13:02:00       | reaper                | -80     | 0       | 0      | 0     | 3 closed
       13:02:00       | C ends at 12:01:02    | -21     | 0       | 0      | 0     | over 1
       13:02:00       | B ends at 12:01:01    | 38      | 38      | 0      | 0     | over 1
       13:02:00       | A ends at 12:01:00    | 97      | 97      | 0      | 0     | over 1`,
    )
  })

  test('that sent heartbeats is closed at its last one', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens          | balance    | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts              | 30         |         |        |       | rings 0
       12:00:30       | A answers             | 30         |         |        |       | talks 0
       12:01:00       | A beats               | 29.5       |         |        |       | talks 0
       12:02:00       | A beats               | 28.5       |         |        |       | talks 0
       12:03:29.999   | reaper                | 1620001 ms |         |        |       | 0 closed
       12:03:30       | reaper                | 28.5       | 28.5    |        |       | 1 closed
       12:03:40       | A beats               | 28.5       |         |        |       | lost 1.5
       12:04:00       | A ends at 12:02:10    | 1700000 ms |         |        |       | over 100000 ms`,
    )
  })

  test('that was never answered is open again when its answer arrives', async () => {
    await playTable(
      world,
      await world.workspace({ concurrentCallsMax: 1 }),
      `when           | what happens          | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | A starts              | 30      |         |        |       | rings 0
       12:00:00       | B starts              | 30      |         |        |       | refused: concurrency_limit
       12:30:00       | reaper                | 30      |         |        |       | 1 closed
       12:31:00       | A answers at 12:29:00 | 28      | 28      |        |       | talks 0
       12:31:00       | C starts              | 28      |         |        |       | refused: concurrency_limit
       12:32:00       | A ends                | 27      | 27      |        |       | over 3
       12:32:00       | C ends                | 27      |         |        |       | refused: concurrency_limit
       12:32:00       | D starts              | 27      |         |        |       | rings 0
       12:32:00       | D ends                | 27      |         |        |       | over 0`,
    )
  })
})

describe('a reset', () => {
  test('cuts a running call to the millisecond: the part before is the old cycle’s, the part after the new one’s', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when             | what happens | balance    | monthly    | top-up | other | outcome
       01-10 12:00:00   | +5 top_up    | 35         | 30         | 5      | 0     |
       02-10 11:58:59.5 | A starts     | 35         |            |        |       | rings 0
       11:58:59.5       | A answers    | 35         |            |        |       | talks 0
       11:59:59.999     |              | 2039501 ms | 1739501 ms | 5      | 0     |
       12:00:00         |              | 35         | 30         | 5      | 0     |
       12:00:00.001     |              | 2099999 ms | 1799999 ms | 5      | 0     |
       12:02:00         | A ends       | 33         | 28         | 5      | 0     | over 180500 ms`,
    )
  })

  test('gives back what a late end shows was charged too much, and that expires with its cycle', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens             | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | +5 top_up                | 35      | 30      | 5      | 0     |
       02-10 11:30:00 | A starts                 | 35      |         |        |       | rings 0
       11:30:00       | A answers                | 35      |         |        |       | talks 0
       12:10:00       |                          | 25      | 20      | 5      | 0     |
       12:20:00       | A ends at 02-10 11:50:00 | 35      | 30      | 5      | 0     | over 20
       12:20:00       | A ends at 02-10 11:55:00 | 35      | 30      | 5      | 0     | over 20`,
    )
  })

  test('of a call that was lost across it is corrected twice, each time from the end of what is still charged', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 10 * 60_000 }),
      `when           | what happens             | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | +50 top_up               | 60      | 10      | 50     | 0     |
       02-10 11:48:00 | A starts                 | 60      |         |        |       | rings 0
       11:48:00       | A answers                | 60      |         |        |       | talks 0
       11:58:00       | A beats                  | 50      | 0       | 50     | 0     | talks 0
       12:10:00       |                          | 48      | 0       | 48     | 0     |
       12:10:00       | reaper                   | 60      | 10      | 50     | 0     | 1 closed
       12:11:00       | A ends at 11:55:00       | 60      | 10      | 50     | 0     | over 7`,
    )
  })

  test('leaves top-up credit that is given back where it was', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 10 * 60_000 }),
      `when           | what happens             | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | +50 top_up               | 60      | 10      | 50     | 0     |
       02-10 11:30:00 | A starts                 | 60      |         |        |       | rings 0
       11:30:00       | A answers                | 60      |         |        |       | talks 0
       12:10:00       |                          | 30      | 0       | 30     | 0     |
       12:20:00       | A ends at 02-10 11:45:00 | 55      | 10      | 45     | 0     | over 15`,
    )
  })

  const callOverThreeBoundaries = `
       01-10 12:00:00 | +20 promotional until 02-10 11:00   | 80      | 60      | 0      | 20    |
       01-10 12:00:00 | +20 promotional until 02-10 11:30   | 100     | 60      | 0      | 40    |
       02-10 10:50:00 | A starts                            | 100     |         |        |       | rings 0
       02-10 10:50:00 | A answers                           | 100     |         |        |       | talks 0`
  const afterwards = `
       02-10 12:10:00 |                                     | 50      | 50      | 0      | 0     |
       02-10 12:20:00 | A ends                              | 40      | 40      | 0      | 0     | over 90`

  test('and two expiries before it are met as they come by a server that is awake', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 60 * 60_000, callDurationSecondsMax: 7200 }),
      `when           | what happens                        | balance | monthly | top-up | other | outcome
       ${callOverThreeBoundaries}
       02-10 11:00:00 |                                     | 80      | 60      | 0      | 20    |
       02-10 11:30:00 |                                     | 50      | 50      | 0      | 0     |
       02-10 11:59:59 |                                     |         |         |        | 0     |
       02-10 12:00:00 |                                     | 60      | 60      | 0      | 0     |
       ${afterwards}`,
    )
  })

  test('and two expiries before it come out the same for a server that slept over all three', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 60 * 60_000, callDurationSecondsMax: 7200 }),
      `when           | what happens                        | balance | monthly | top-up | other | outcome
       ${callOverThreeBoundaries}
       ${afterwards}`,
    )
  })

  test('that was slept over for months happened every month', async () => {
    await playTable(
      world,
      await world.workspace(),
      `when           | what happens      | balance | monthly | top-up | other | outcome
       01-10 12:00:00 | -50               | -20     | 0       | 0      | 0     |
       05-10 11:59:59 | +7 top_up         | 37      | 30      | 7      | 0     |
       08-01 00:00:00 |                   | 37      | 30      | 7      | 0     |`,
    )
  })
})

test('the limit of calls at once is exact within one batch, and a call that ends makes place in it', async () => {
  const workspace = await world.workspace({ concurrentCallsMax: 3 })
  const starts = Array.from({ length: 5 }, () => startOf(workspace))
  const end = {
    type: 'end',
    workspaceId: workspace.workspaceId,
    target: { callId: starts[1]?.callId ?? '' },
    atMs: null,
    reason: null,
  } as const
  const outcomes = await world.engine.submitBatch([...starts, end, startOf(workspace), startOf(workspace)])
  expect(outcomes.map((outcome) => callOf(outcome).refusalReason ?? 'taken')).toEqual([
    ...['taken', 'taken', 'taken', 'concurrency_limit', 'concurrency_limit'],
    'taken',
    ...['taken', 'concurrency_limit'],
  ])
})
