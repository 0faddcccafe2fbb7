import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { openWorld, reapOf, startOf, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { readLine } from '../ledger/index.ts'
import { newUuid } from '../platform/ids.ts'
import type { CallCommand } from './command.ts'
import type { CallEngine } from './engine.ts'

const runs = propertyRuns(8)
const TIMEOUT_MS = 30_000 + 1_000 * runs.numRuns
const limits = { ...runs, interruptAfterTimeLimit: TIMEOUT_MS - 5_000 }

let world: World
let engines: CallEngine[]
beforeAll(async () => {
  world = await openWorld()
  engines = [world.engine, world.anotherEngine()]
})
afterEach(async () => expect(await verifyAll(world.database)).toEqual([]))
afterAll(() => world.close())

/** When a call was answered and ended, in milliseconds before the reports. Null: not yet. */
type Facts = { call: number; answeredAgoMs: number | null; endedAgoMs: number | null }

/** How commands are sent: in which order, how many copies of each, and in batches of which size. */
type Delivery = { seed: number; copies: number[]; batchMax: number }

const deliveries: fc.Arbitrary<Delivery> = fc.record({
  seed: fc.nat(),
  copies: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 }),
  batchMax: fc.integer({ min: 1, max: 9 }),
})

/** Shuffles by a seed, so that a counterexample can be repeated. */
function shuffle<T>(all: readonly T[], seed: number): T[] {
  let state = seed
  const keyed = all.map((one) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return { one, key: state >>> 8 }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one)
}

/** Sends the commands through two processes at once, some alone and some in batches. */
async function send(commands: readonly CallCommand[], { seed, copies, batchMax }: Delivery): Promise<void> {
  const repeated = commands.flatMap((command, index) =>
    Array<CallCommand>(copies[index % copies.length] ?? 1).fill(command),
  )
  const rest = shuffle(repeated, seed)
  const batches: Promise<unknown>[] = []
  for (let number = 0; rest.length > 0; number += 1) {
    const batch = rest.splice(0, 1 + ((seed + number) % batchMax))
    const engine = engines[number % 2] as CallEngine
    if (number % 3 === 0) batches.push(engine.submitBatch(batch))
    else batches.push(...batch.map((command) => engine.submit(command)))
  }
  await Promise.all(batches)
}

function createCommands(
  facts: readonly Facts[],
  workspace: TestWorkspace,
  callIds: readonly string[],
): CallCommand[] {
  const { workspaceId } = workspace
  const nowMs = world.clock.now()
  return facts.flatMap(({ call, answeredAgoMs, endedAgoMs }): CallCommand[] => {
    const target = { callId: callIds[call] ?? '' }
    const answer = {
      type: 'answer',
      by: 'workspace',
      workspaceId,
      target,
      atMs: nowMs - (answeredAgoMs ?? 0),
    } as const
    const end = {
      type: 'end',
      by: 'workspace',
      workspaceId,
      target,
      atMs: nowMs - (endedAgoMs ?? 0),
      reason: 'busy',
    } as const
    return [...(answeredAgoMs === null ? [] : [answer]), ...(endedAgoMs === null ? [] : [end])]
  })
}

/** Reads what must not depend on the order: a workspace's balance and its calls. */
async function readBooks(workspace: TestWorkspace, callIds: readonly string[]) {
  const balance = await world.balance(workspace)
  const calls = await world.database.query(
    `select status, refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
            settled_ms, settled_until_ms, reap_at_ms
     from calls where workspace_id = $1 order by array_position($2::uuid[], id)`,
    [workspace.workspaceId, callIds],
  )
  return { balance, calls: calls.rows }
}

const CALLS_MAX = 6
const newCallIds = () => Array.from({ length: CALLS_MAX }, () => newUuid(world.clock.now()))

type Round = {
  toReset: boolean
  afterMs: number
  starts: number[]
  facts: Facts[]
  grantMs: number | null
  deductMs: number | null
  delivery: Delivery
}

const callNumber = fc.integer({ min: 0, max: CALLS_MAX - 1 })

const round: fc.Arbitrary<Round> = fc.integer({ min: 0, max: HOUR_MS }).chain((afterMs) =>
  fc.record({
    toReset: fc.nat(4).map((roll) => roll === 0),
    afterMs: fc.constant(afterMs),
    starts: fc.array(callNumber, { maxLength: 3, size: 'max' }),
    facts: fc.uniqueArray(
      fc.record({
        call: callNumber,
        answeredAgoMs: fc.option(fc.integer({ min: 0, max: afterMs })),
        endedAgoMs: fc.option(fc.integer({ min: 0, max: afterMs })),
      }),
      { selector: ({ call }) => call, maxLength: CALLS_MAX, size: 'max' },
    ),
    grantMs: fc.option(fc.integer({ min: 1, max: HOUR_MS })),
    deductMs: fc.option(fc.integer({ min: 1, max: HOUR_MS })),
    delivery: deliveries,
  }),
)

describe('equal facts', () => {
  test(
    'give the same books in any order, repetition and batching, over resets, grants and overdrafts',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 6, size: 'max' }), async (rounds) => {
          const options = {
            monthlyMs: 3 * HOUR_MS,
            concurrentCallsMax: null,
            callDurationSecondsMax: 10 ** 7,
          }
          const [inOrder, inDisorder] = [await world.workspace(options), await world.workspace(options)]
          const idsInOrder = newCallIds()
          const idsInDisorder = newCallIds()
          for (const round of rounds) {
            const { nextBoundaryMs } = await readLine(world.database, inOrder.workspaceId)
            const fromMs = round.toReset
              ? Math.max(nextBoundaryMs ?? 0, world.clock.now())
              : world.clock.now()
            world.clock.set(fromMs + round.afterMs)
            const startsOf = (workspace: TestWorkspace, callIds: string[]) =>
              round.starts.map((call) => startOf(workspace, { callId: callIds[call] ?? '' }))

            for (const command of startsOf(inOrder, idsInOrder)) await world.engine.submit(command)
            for (const command of createCommands(round.facts, inOrder, idsInOrder))
              await world.engine.submit(command)
            await send(startsOf(inDisorder, idsInDisorder), round.delivery)
            await send(createCommands(round.facts, inDisorder, idsInDisorder), round.delivery)

            expect(await readBooks(inDisorder, idsInDisorder)).toEqual(await readBooks(inOrder, idsInOrder))
            for (const workspace of [inOrder, inDisorder]) {
              if (round.grantMs) await world.grant(workspace, { kind: 'top_up', amountMs: round.grantMs })
              if (round.deductMs) await world.deduct(workspace, round.deductMs)
            }
          }
        }),
        limits,
      )
    },
    TIMEOUT_MS,
  )

  test(
    'decide, whenever the reaper comes between them',
    async () => {
      const facts = fc.record({ answeredAgoMs: fc.nat(3 * HOUR_MS), endedAgoMs: fc.nat(3 * HOUR_MS) })
      await fc.assert(
        fc.asyncProperty(
          fc.array(facts, { minLength: 1, maxLength: CALLS_MAX, size: 'max' }),
          fc.array(deliveries, { minLength: 2, maxLength: 2 }),
          async (calls, used) => {
            const workspace = await world.workspace({ concurrentCallsMax: null })
            const callIds = newCallIds()
            const starts = calls.map((_, call) => startOf(workspace, { callId: callIds[call] ?? '' }))
            await world.engine.submitBatch(starts)
            world.clock.advance(3 * HOUR_MS)
            const all = calls.map((each, call) => ({ ...each, call }))
            const reaps = starts.map(({ callId }) => reapOf(workspace, callId))
            const beats = starts.map(({ workspaceId, callId }): CallCommand => {
              return { type: 'heartbeat', workspaceId, target: { callId } }
            })
            for (const delivery of used)
              await send([...createCommands(all, workspace, callIds), ...reaps, ...beats], delivery)

            const talkedMs = calls.map(({ answeredAgoMs, endedAgoMs }) =>
              Math.max(0, answeredAgoMs - endedAgoMs),
            )
            const { balance, calls: rows } = await readBooks(workspace, callIds)
            expect(rows.map((row) => row.settled_ms)).toEqual(talkedMs)
            expect(rows.every((row) => row.status === 'ended' && row.end_source === 'reported')).toBe(true)
            expect(balance.balanceMs).toBe(30 * MINUTE_MS - talkedMs.reduce((sum, ms) => sum + ms, 0))
          },
        ),
        limits,
      )
    },
    TIMEOUT_MS,
  )
})
