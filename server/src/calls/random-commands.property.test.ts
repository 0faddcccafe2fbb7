import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import * as slow from '../../test/reference-model.ts'
import { openWorld, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { newUuid } from '../platform/ids.ts'
import type { CallCommand, CallOutcome } from './command.ts'
import { readReceipt } from './receipt.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const terms = { monthlyMs: 2 * hourMs, concurrentCallsMax: 4, maxDurationMs: hourMs }

/** One command of the voice stack or the reaper. Calls are named by a small number, so that they meet again. */
type Act = {
  type: 'start' | 'answer' | 'end' | 'heartbeat' | 'reap'
  workspace: number
  call: number
  byExternalId: boolean
  /** Whether a start begins another call where the one of this number is over. */
  again: boolean
  /** How late it is reported; null: it says no time. */
  agoMs: number | null
  listeningMs: number
}

type Step =
  | { kind: 'acts'; via: 'submit' | 'submitBatch'; engine: number; acts: Act[] }
  | { kind: 'wait'; ms: number }
  | { kind: 'wait to boundary'; workspace: number; offMs: number }
  | {
      kind: 'grant'
      workspace: number
      grantKind: 'promotional' | 'top_up' | 'adjustment'
      ms: number
      lastsMs: number | null
    }
  | { kind: 'deduct'; workspace: number; ms: number }

const tenantNumber = fc.integer({ min: 0, max: 1 })
const amountMs = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 3 * hourMs }))

const act: fc.Arbitrary<Act> = fc.record({
  type: fc.constantFrom(
    'start',
    'start',
    'start',
    'answer',
    'answer',
    'answer',
    'end',
    'end',
    'heartbeat',
    'reap',
  ),
  workspace: tenantNumber,
  call: fc.integer({ min: 0, max: 5 }),
  byExternalId: fc.boolean(),
  again: fc.boolean(),
  agoMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: hourMs }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: dayMs }) },
    { weight: 1, arbitrary: fc.constantFrom(-5_000, -5_001, dayMs, dayMs + 1) },
  ),
  listeningMs: fc.constantFrom(0, minuteMs, 90_000, 30 * minuteMs, 100 * dayMs),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('acts' as const),
      via: fc.constantFrom('submit' as const, 'submitBatch' as const),
      engine: fc.integer({ min: 0, max: 1 }),
      acts: fc.array(act, { minLength: 1, maxLength: 12, size: 'max' }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 10 * minuteMs }) },
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 * hourMs }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 * dayMs }) },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait to boundary' as const),
      workspace: tenantNumber,
      offMs: fc.constantFrom(-20 * minuteMs, -1, 0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      workspace: tenantNumber,
      grantKind: fc.constantFrom('promotional' as const, 'top_up' as const, 'adjustment' as const),
      ms: amountMs,
      lastsMs: fc.option(
        fc.oneof(fc.integer({ min: 1, max: hourMs }), fc.integer({ min: 1, max: 40 * dayMs })),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('deduct' as const), workspace: tenantNumber, ms: amountMs }),
  },
)

const runs = propertyRuns(25)
const timeoutMs = 20_000 + 1_000 * runs.numRuns
// Whatever has been found by then is told, shrunk as far as it got.
const interruptAfterTimeLimit = timeoutMs - 5_000

let world: World | undefined
let runsInWorld = 0
afterAll(() => world?.close())

/** A database for every so many runs: what `verify` reads stays small. */
async function someWorld(): Promise<World> {
  if (runsInWorld++ % 25 === 0) {
    await world?.close()
    world = undefined
  }
  world ??= await openWorld()
  return world
}

/** A workspace beside its slow model, and which calls the numbers stand for at the moment. */
type Pair = TestWorkspace & { slow: slow.ModelWorkspace; callIds: string[] }

/** The call an act is about; another one where it begins one. */
function callIdOf(pair: Pair, act: Act, nowMs: number): string {
  const call = pair.slow.calls.get(pair.callIds[act.call] ?? '')
  const isOver = call !== undefined && !slow.isOpen(call)
  if (act.type === 'start' && act.again && isOver) pair.callIds[act.call] = newUuid(nowMs)
  return pair.callIds[act.call] ?? ''
}

function commandOf(pair: Pair, act: Act, callId: string, nowMs: number): CallCommand {
  const { workspaceId, agentId } = pair
  const externalId = act.call % 2 === 0 ? `external ${callId}` : null
  const target = act.byExternalId && externalId !== null ? { externalId } : { callId }
  const atMs = act.agoMs === null ? null : nowMs - act.agoMs
  switch (act.type) {
    case 'start':
      return {
        type: 'start',
        workspaceId,
        callId,
        agentId,
        direction: 'web',
        from: null,
        to: null,
        externalId,
        atMs,
      }
    case 'answer':
      return { type: 'answer', workspaceId, target, atMs }
    case 'end':
      return { type: 'end', workspaceId, target, atMs, reason: null }
    case 'heartbeat':
      return { type: 'heartbeat', workspaceId, target }
    case 'reap':
      return { type: 'reap', workspaceId, target, listeningSinceMs: nowMs - act.listeningMs }
  }
}

/** What the slow model makes of an act: in the words of {@link inShort}. */
function actSlowly(pair: Pair, act: Act, callId: string, nowMs: number): unknown {
  const known = pair.slow.calls.get(callId)
  const reports = act.type === 'answer' || act.type === 'end' || (act.type === 'start' && known === undefined)
  if (act.type !== 'start' && known === undefined) return 'call_not_found'
  if (act.type === 'answer' && known?.refusalReason) return 'call_refused'
  const lateMs = act.agoMs ?? 0
  if (reports && (lateMs < -5_000 || lateMs > dayMs)) return 'invalid_request'
  const atMs = nowMs - Math.max(0, lateMs)
  const call = known ?? slow.start(pair.slow, callId, atMs, nowMs)
  if (act.type === 'answer') slow.answer(pair.slow, call, atMs, nowMs)
  if (act.type === 'end') slow.end(pair.slow, call, atMs, nowMs)
  if (act.type === 'heartbeat') slow.heartbeat(call, nowMs)
  if (act.type === 'reap') slow.reap(pair.slow, call, nowMs - act.listeningMs, nowMs)
  return { ...slowFacts(call), balanceMs: slow.balanceMs(pair.slow, nowMs) }
}

function slowFacts(call: slow.ModelCall) {
  return {
    refusal: call.refusalReason,
    answeredAtMs: call.answeredAtMs,
    endedAtMs: call.endedAtMs,
    endSource: call.endSource,
    chargedMs: slow.chargedMs(call),
  }
}

function inShort(outcome: CallOutcome): unknown {
  if (outcome.outcome === 'problem') return outcome.problem.code
  const { facts, refusalReason } = outcome.call
  return {
    refusal: refusalReason,
    answeredAtMs: facts.answeredAtMs,
    endedAtMs: facts.endedAtMs,
    endSource: facts.endSource,
    chargedMs: facts.settledMs,
    balanceMs: outcome.balanceMs,
  }
}

test(
  'whatever happens, in whatever batches and processes, the books say what counting slowly says',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const world = await someWorld()
        const engines = [world.engine, world.anotherEngine()]
        const pairs: Pair[] = []
        for (let index = 0; index < 2; index += 1) {
          const workspace = await world.workspace({
            ...terms,
            callDurationSecondsMax: terms.maxDurationMs / 1000,
          })
          const callIds = Array.from({ length: 6 }, () => newUuid(world.clock.now()))
          pairs.push({ ...workspace, slow: slow.createModel(terms, world.clock.now()), callIds })
        }
        for (const step of steps) await take(world, engines, pairs, step)
        for (const pair of pairs) await compare(world, pair)
        const ours = new Set(pairs.map((pair) => pair.workspaceId))
        expect((await verifyAll(world.database)).filter(({ workspaceId }) => ours.has(workspaceId))).toEqual(
          [],
        )
        await engines[1]?.close()
      }),
      { ...runs, interruptAfterTimeLimit },
    )
  },
  timeoutMs,
)

async function take(world: World, engines: World['engine'][], pairs: Pair[], step: Step): Promise<void> {
  const pairOf = ({ workspace }: { workspace: number }) => pairs[workspace] as Pair
  const nowMs = world.clock.now()
  for (const pair of pairs) slow.catchUp(pair.slow, nowMs)
  switch (step.kind) {
    case 'wait':
      return world.clock.advance(step.ms)
    case 'wait to boundary':
      return world.clock.set(Math.max(nowMs, pairOf(step).slow.nextBoundaryMs + step.offMs))
    case 'grant': {
      const expiresAtMs = step.lastsMs === null ? null : nowMs + step.lastsMs
      await world.grant(pairOf(step), { kind: step.grantKind, amountMs: step.ms, expiresAtMs })
      return slow.grant(pairOf(step).slow, step.ms, expiresAtMs ?? Number.POSITIVE_INFINITY)
    }
    case 'deduct':
      await world.deduct(pairOf(step), step.ms)
      return slow.deduct(pairOf(step).slow, step.ms)
    case 'acts': {
      const engine = engines[step.engine] as World['engine']
      const commands: CallCommand[] = []
      const expected: unknown[] = []
      for (const act of step.acts) {
        const callId = callIdOf(pairOf(act), act, nowMs)
        commands.push(commandOf(pairOf(act), act, callId, nowMs))
        expected.push(actSlowly(pairOf(act), act, callId, nowMs))
      }
      const outcomes =
        step.via === 'submitBatch'
          ? await engine.submitBatch(commands)
          : await Promise.all(commands.map((command) => engine.submit(command)))
      expect(outcomes.map(inShort)).toEqual(expected)
    }
  }
}

/** The database's books beside the slow model's, once everything due has happened in both. */
async function compare(world: World, pair: Pair): Promise<void> {
  const nowMs = world.clock.now()
  slow.catchUp(pair.slow, nowMs)
  const balance = await world.balance(pair)
  expect(balance.balanceMs).toBe(slow.balanceMs(pair.slow, nowMs))
  const partsMs = balance.monthlyRemainingMs + balance.topUpRemainingMs + balance.promotionalRemainingMs
  expect(partsMs - balance.overdraftMs).toBe(balance.balanceMs)
  for (const call of pair.slow.calls.values()) {
    const {
      call: row,
      payments,
      unpaidMs,
      entries,
    } = await readReceipt(world.database, pair.workspaceId, call.id)
    expect(
      inShort({ outcome: 'call', call: row, created: false, balanceMs: 0, mayContinue: false }),
    ).toMatchObject(slowFacts(call))
    const paidMs = payments.reduce((sum, payment) => sum + payment.amountMs, 0)
    const entriesMs = entries.reduce((sum, entry) => sum + entry.amountMs, 0)
    expect({ paidAndUnpaid: paidMs + unpaidMs, entries: -entriesMs + 0 }).toEqual({
      paidAndUnpaid: row.facts.settledMs,
      entries: row.facts.settledMs,
    })
    if (call.gaveBackDebt) continue
    expect(
      byExpiry(payments.map(({ grant, amountMs: ms }) => ({ expiresAtMs: grant.expiresAtMs, ms }))),
    ).toEqual(
      byExpiry(
        call.pieces.flatMap(({ expiresAtMs, ms }) =>
          expiresAtMs === null
            ? []
            : [{ expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null, ms }],
        ),
      ),
    )
  }
}

function byExpiry(deps: { expiresAtMs: number | null; ms: number }[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { expiresAtMs, ms } of deps) sums[`${expiresAtMs}`] = (sums[`${expiresAtMs}`] ?? 0) + ms
  return sums
}
