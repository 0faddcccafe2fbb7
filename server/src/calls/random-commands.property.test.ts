import { assertNever } from '@talktime/core/exhaustive'
import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { type Act, type Step, steps } from '../../test/random-steps.ts'
import * as model from '../../test/reference-model.ts'
import { openWorld, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { newUuid } from '../platform/ids.ts'
import type { CallCommand, CallOutcome } from './command.ts'
import { readReceipt } from './receipt.ts'

const terms = { monthlyMs: 2 * HOUR_MS, concurrentCallsMax: 4, maxDurationMs: HOUR_MS }

const runs = propertyRuns(25)
const TIMEOUT_MS = 20_000 + 1_000 * runs.numRuns
// A counterexample that was found by then is reported, as far as it was shrunk.
const limits = { ...runs, interruptAfterTimeLimit: TIMEOUT_MS - 5_000 }

const RUNS_PER_WORLD = 25

let world: World | undefined
let runsInWorld = 0
afterAll(() => world?.close())

/** Opens a new database every {@link RUNS_PER_WORLD} runs, so that `verify` has little to read. */
async function refreshWorld(): Promise<World> {
  if (runsInWorld++ % RUNS_PER_WORLD === 0) {
    await world?.close()
    world = undefined
  }
  world ??= await openWorld()
  return world
}

/** A workspace with its reference model, and the ids of the calls by their numbers. */
type Pair = TestWorkspace & { model: model.ModelWorkspace; callIds: string[] }

/** Returns the id of the call that a command is about. A start may replace it. */
function chooseCallId(pair: Pair, act: Act, nowMs: number): string {
  const call = pair.model.calls.get(pair.callIds[act.call] ?? '')
  const isOver = call !== undefined && !model.isOpen(call)
  if (act.type === 'start' && act.again && isOver) pair.callIds[act.call] = newUuid(nowMs)
  return pair.callIds[act.call] ?? ''
}

function createCommand(pair: Pair, act: Act, callId: string, nowMs: number): CallCommand {
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
      return { type: 'answer', workspaceId, target, atMs, by: act.by }
    case 'end':
      return { type: 'end', workspaceId, target, atMs, reason: null, by: act.by }
    case 'heartbeat':
      return { type: 'heartbeat', workspaceId, target }
    case 'reap':
      return { type: 'reap', workspaceId, target, listeningSinceMs: nowMs - act.listeningMs }
    default:
      return assertNever(act.type)
  }
}

/** Applies a command to the reference model. Returns its outcome in the form of {@link summarize}. */
function applyToModel(pair: Pair, act: Act, callId: string, nowMs: number): unknown {
  const known = pair.model.calls.get(callId)
  const reports = act.type === 'answer' || act.type === 'end' || (act.type === 'start' && known === undefined)
  if (act.type !== 'start' && known === undefined) return 'call_not_found'
  if (act.type === 'answer' && known?.refusalReason) return 'call_refused'
  const lateMs = act.agoMs ?? 0
  if (reports && (lateMs < -5_000 || lateMs > DAY_MS)) return 'invalid_request'
  const atMs = nowMs - Math.max(0, lateMs)
  const call = known ?? model.start(pair.model, callId, atMs, nowMs)
  if (act.type === 'answer') model.answer(pair.model, call, { atMs, by: act.by }, nowMs)
  if (act.type === 'end') model.end(pair.model, call, { atMs, by: act.by }, nowMs)
  if (act.type === 'heartbeat') model.heartbeat(call, nowMs)
  if (act.type === 'reap') model.reap(pair.model, call, nowMs - act.listeningMs, nowMs)
  return { ...readModelFacts(call), balanceMs: model.computeBalance(pair.model, nowMs) }
}

function readModelFacts(call: model.ModelCall) {
  return {
    refusal: call.refusalReason,
    answeredAtMs: call.answeredAtMs,
    answeredBy: call.answeredBy,
    endedAtMs: call.endedAtMs,
    endedBy: call.endedBy,
    endSource: call.endSource,
    chargedMs: model.sumCharge(call),
  }
}

function summarize(outcome: CallOutcome): unknown {
  if (outcome.outcome === 'problem') return outcome.problem.code
  const { facts, refusalReason } = outcome.call
  return {
    refusal: refusalReason,
    answeredAtMs: facts.answeredAtMs,
    answeredBy: facts.answeredBy,
    endedAtMs: facts.endedAtMs,
    endedBy: facts.endedBy,
    endSource: facts.endSource,
    chargedMs: facts.settledMs,
    balanceMs: outcome.balanceMs,
  }
}

test(
  'the books agree with a slow reference model, whatever happens in whatever batches and processes',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (played) => {
        const world = await refreshWorld()
        const engines = [world.engine, world.anotherEngine()]
        const pairs: Pair[] = []
        for (let index = 0; index < 2; index += 1) {
          const workspace = await world.workspace({
            ...terms,
            callDurationSecondsMax: terms.maxDurationMs / 1000,
          })
          const callIds = Array.from({ length: 6 }, () => newUuid(world.clock.now()))
          pairs.push({ ...workspace, model: model.createModel(terms, world.clock.now()), callIds })
        }
        for (const step of played) await runStep(world, engines, pairs, step)
        for (const pair of pairs) await compareBooks(world, pair)
        const ours = new Set(pairs.map((pair) => pair.workspaceId))
        expect((await verifyAll(world.database)).filter(({ workspaceId }) => ours.has(workspaceId))).toEqual(
          [],
        )
        await engines[1]?.close()
      }),
      limits,
    )
  },
  TIMEOUT_MS,
)

async function runStep(world: World, engines: World['engine'][], pairs: Pair[], step: Step): Promise<void> {
  const pairOf = ({ workspace }: { workspace: number }) => pairs[workspace] as Pair
  const nowMs = world.clock.now()
  for (const pair of pairs) model.catchUp(pair.model, nowMs)
  switch (step.kind) {
    case 'wait':
      return world.clock.advance(step.ms)
    case 'wait to boundary':
      return world.clock.set(Math.max(nowMs, pairOf(step).model.nextBoundaryMs + step.offMs))
    case 'grant': {
      const expiresAtMs = step.lastsMs === null ? null : nowMs + step.lastsMs
      await world.grant(pairOf(step), { kind: step.grantKind, amountMs: step.ms, expiresAtMs })
      return model.grant(pairOf(step).model, step.ms, expiresAtMs ?? Number.POSITIVE_INFINITY)
    }
    case 'deduct':
      await world.deduct(pairOf(step), step.ms)
      return model.deduct(pairOf(step).model, step.ms)
    case 'acts': {
      const engine = engines[step.engine] as World['engine']
      const commands: CallCommand[] = []
      const expected: unknown[] = []
      for (const act of step.acts) {
        const callId = chooseCallId(pairOf(act), act, nowMs)
        commands.push(createCommand(pairOf(act), act, callId, nowMs))
        expected.push(applyToModel(pairOf(act), act, callId, nowMs))
      }
      const outcomes =
        step.via === 'submitBatch'
          ? await engine.submitBatch(commands)
          : await Promise.all(commands.map((command) => engine.submit(command)))
      expect(outcomes.map(summarize)).toEqual(expected)
      return
    }
    default:
      return assertNever(step)
  }
}

/** Compares the books with the reference model, after everything that is due has happened in both. */
async function compareBooks(world: World, pair: Pair): Promise<void> {
  const nowMs = world.clock.now()
  model.catchUp(pair.model, nowMs)
  const balance = await world.balance(pair)
  expect(balance.balanceMs).toBe(model.computeBalance(pair.model, nowMs))
  const partsMs = balance.monthlyRemainingMs + balance.topUpRemainingMs + balance.promotionalRemainingMs
  expect(partsMs - balance.overdraftMs).toBe(balance.balanceMs)
  for (const call of pair.model.calls.values()) {
    const {
      call: row,
      payments,
      unpaidMs,
      entries,
    } = await readReceipt(world.database, pair.workspaceId, call.id)
    expect(
      summarize({ outcome: 'call', call: row, created: false, balanceMs: 0, mayContinue: false }),
    ).toMatchObject(readModelFacts(call))
    const paidMs = payments.reduce((sum, payment) => sum + payment.amountMs, 0)
    const entriesMs = entries.reduce((sum, entry) => sum + entry.amountMs, 0)
    expect({ paidAndUnpaid: paidMs + unpaidMs, entries: -entriesMs + 0 }).toEqual({
      paidAndUnpaid: row.facts.settledMs,
      entries: row.facts.settledMs,
    })
    expect(
      sumByExpiry(payments.map(({ grant, amountMs: ms }) => ({ expiresAtMs: grant.expiresAtMs, ms }))),
    ).toEqual(
      sumByExpiry(
        call.allocations.flatMap(({ expiresAtMs, ms }) =>
          expiresAtMs === null
            ? []
            : [{ expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null, ms }],
        ),
      ),
    )
  }
}

function sumByExpiry(amounts: { expiresAtMs: number | null; ms: number }[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { expiresAtMs, ms } of amounts) sums[`${expiresAtMs}`] = (sums[`${expiresAtMs}`] ?? 0) + ms
  return sums
}
