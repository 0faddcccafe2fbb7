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
  test('costs its conversation from answer to hang-up, to the millisecond', async () => {
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

  test('is charged once, however often, late and in whatever order its events arrive', async () => {
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

  test('is refused at a balance of exactly zero, and authorized with one millisecond', async () => {
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
  test('is closed at its hard stop, and corrected if its end is reported later', async () => {
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

  test('that no grant had paid does not return credit that would never expire', async () => {
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

  test('among others returns the right credit, in whatever order they are corrected', async () => {
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

test('the limit of concurrent calls is exact within a batch, and a call that ends makes room in it', async () => {
  const workspace = await world.workspace({ concurrentCallsMax: 3 })
  const starts = Array.from({ length: 5 }, () => startOf(workspace))
  const end = {
    type: 'end',
    by: 'workspace',
    workspaceId: workspace.workspaceId,
    target: { callId: starts[1]?.callId ?? '' },
    atMs: null,
    reason: null,
  } as const
  const outcomes = await world.engine.submitBatch([...starts, end, startOf(workspace), startOf(workspace)])
  expect(outcomes.map((outcome) => callOf(outcome).refusalReason ?? 'authorized')).toEqual([
    ...['authorized', 'authorized', 'authorized', 'concurrency_limit', 'concurrency_limit'],
    'authorized',
    ...['authorized', 'concurrency_limit'],
  ])
})
