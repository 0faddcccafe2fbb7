import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { openTestCreditWatch } from '../../test/watches.ts'
import {
  answerOf,
  endOf,
  openWorld,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import { hangUpForCredits } from '../calls/index.ts'
import { readLine } from '../ledger/index.ts'
import { verifyCreditWatch } from './verify.ts'

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'answer' | 'end'; readonly call: number; readonly agoMs: number }
  | { readonly kind: 'grant' | 'deduct'; readonly ms: number }
  | { readonly kind: 'setting'; readonly whenCreditsRunOut: 'finish' | 'end' }
  | { readonly kind: 'look'; readonly process: number }

const ms = fc.integer({ min: 1, max: 3 * MINUTE_MS })
const callNumber = fc.integer({ min: 0, max: 4 })
const agoMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * MINUTE_MS }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('answer' as const, 'end' as const),
      call: callNumber,
      agoMs,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('grant' as const, 'deduct' as const), ms }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('setting' as const),
      whenCreditsRunOut: fc.constantFrom('finish' as const, 'end' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('look' as const), process: fc.integer({ min: 0, max: 1 }) }),
  },
)

const runs = propertyRuns(12)
const timeoutMs = 30_000 + 2_000 * runs.numRuns

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

async function changeSetting(
  { workspaceId }: TestWorkspace,
  whenCreditsRunOut: 'finish' | 'end',
): Promise<void> {
  await world.ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    await tx.query('update workspaces set when_credits_run_out = $2 where id = $1', [
      workspaceId,
      whenCreditsRunOut,
    ])
    await hangUpForCredits(tx, unit, nowMs)
  })
}

async function countAlerts({ workspaceId }: TestWorkspace): Promise<Record<string, number>> {
  const { rows } = await world.database.query<{ kind: string; alerts: number }>(
    `select kind, count(*) as alerts from alerts where workspace_id = $1 group by 1`,
    [workspaceId],
  )
  return {
    balance_zero: 0,
    credits_returned: 0,
    ...Object.fromEntries(rows.map((row) => [row.kind, row.alerts])),
  }
}

async function countHangUps({ workspaceId }: TestWorkspace): Promise<Record<'open' | 'ordered', number>> {
  const { rows } = await world.database.query<Record<'open' | 'ordered', number>>(
    `select count(*) as open, count(hang_up_at_ms) as ordered from calls
     where workspace_id = $1 and status in ('authorized', 'in_conversation')`,
    [workspaceId],
  )
  return rows[0] ?? { open: 0, ordered: 0 }
}

test('each crossing of zero and back is acted on once, as the settings say, whatever happens and whichever process looks', {
  timeout: timeoutMs,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const workspace = await world.workspace({ monthlyMs: 2 * MINUTE_MS, concurrentCallsMax: null })
      const processes = [openTestCreditWatch(world), openTestCreditWatch(world)]
      const calls: string[] = []
      let setting = 'finish'
      let wasOut = false
      let cameBackUnseen = false
      const expected = { balance_zero: 0, credits_returned: 0 }
      for (const one of [...steps, { kind: 'look', process: 0 } as const]) {
        switch (one.kind) {
          case 'wait':
            world.clock.advance(one.ms)
            break
          case 'start': {
            const start = startOf(workspace)
            calls.push(start.callId)
            await world.engine.submit(start)
            break
          }
          case 'answer':
          case 'end': {
            const callId = calls[one.call]
            const command = one.kind === 'answer' ? answerOf : endOf
            if (callId !== undefined) await world.engine.submit(command(world, workspace, callId, one.agoMs))
            break
          }
          case 'grant':
            await world.grant(workspace, { kind: 'promotional', amountMs: one.ms })
            break
          case 'deduct':
            await world.deduct(workspace, one.ms)
            break
          case 'setting':
            setting = one.whenCreditsRunOut
            await changeSetting(workspace, one.whenCreditsRunOut)
            break
          case 'look': {
            await processes[one.process]?.runDue()
            const { balanceMs } = await world.balance(workspace)
            const isOut = balanceMs <= 0
            if (isOut !== wasOut) expected[isOut ? 'balance_zero' : 'credits_returned'] += 1
            wasOut = isOut
            expect(await countAlerts(workspace)).toMatchObject(expected)
            const { outSinceMs } = await readLine(world.database, workspace.workspaceId)
            expect(outSinceMs !== null).toBe(isOut)
            const { open, ordered } = await countHangUps(workspace)
            // Credit that arrived and ran out before any process looked is passed over, with the calls that it let in.
            if (!isOut || setting === 'finish') expect(ordered).toBe(0)
            else if (!cameBackUnseen) expect(ordered).toBe(open)
            cameBackUnseen &&= isOut
            break
          }
          default:
            assertNever(one)
        }
        cameBackUnseen ||= wasOut && (await world.balance(workspace)).balanceMs > 0
        expect(await verifyCreditWatch(world.database)).toEqual([])
      }
      expect(await verifyAll(world.database)).toEqual([])
      await Promise.all(processes.map((watch) => watch.close()))
    }),
    { ...runs, interruptAfterTimeLimit: timeoutMs - 5_000 },
  )
})
