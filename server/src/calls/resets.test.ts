import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { playTable } from '../../test/ledger-table.ts'
import { openWorld, verifyAll, type World, worldStartsAtMs } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.clock.set(worldStartsAtMs))
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

describe('a reset', () => {
  test('cuts a live call to the millisecond: the part before it is charged to the old cycle, the part after it to the new', async () => {
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

  test('is corrected by a late end: what was charged too much is returned and expires with its cycle', async () => {
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

  test('is corrected twice for a call that was lost across it, each time from the end of the charge', async () => {
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

  test('leaves top-up credit that is returned in its grant', async () => {
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

  test('and two expiries before it are processed as they come by a server that runs', async () => {
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

  test('and two expiries before it have the same result for a server that was down at all three', async () => {
    await playTable(
      world,
      await world.workspace({ monthlyMs: 60 * 60_000, callDurationSecondsMax: 7200 }),
      `when           | what happens                        | balance | monthly | top-up | other | outcome
       ${callOverThreeBoundaries}
       ${afterwards}`,
    )
  })

  test('happens every month, even if the server was down for months', async () => {
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
