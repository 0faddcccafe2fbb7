import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { killableDatabase, ProcessKilled } from '../../test/killable-process.ts'
import { openShop, type Shop } from '../../test/shop.ts'
import type { TestCard } from '../payments/gateway.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import { type AutoReload, createAutoReload } from './auto-reload.ts'
import type { AutoReloadDeps } from './deps.ts'
import { saveAutoReload } from './save-settings.ts'
import { verifyAutoReload } from './verify.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  expect([...(await shop.verify()), ...(await verifyAutoReload(shop.database))]).toEqual([])
})
afterAll(() => shop.close())

const RELOAD_MS = 500 * MINUTE_MS
const THRESHOLD_MS = 1_100 * MINUTE_MS

/** Starts a server process with auto-reload. It is killed after `stepsMax` steps. */
function startProcess(stepsMax?: number): {
  autoReload: AutoReload
  deps: AutoReloadDeps
  isKilled(): boolean
} {
  const { life, payments } = shop.startSeller(stepsMax)
  const database = killableDatabase(shop.database, life)
  const deps: AutoReloadDeps = {
    database,
    clock: shop.clock,
    ledger: openQuietRooms({ database, clock: shop.clock }).ledger,
    payments,
    onError(error) {
      if (!(error instanceof ProcessKilled)) throw error
    },
  }
  return { autoReload: createAutoReload(deps), deps, isKilled: () => life.isKilled }
}

/** Adds a customer who has 1,000 credits and wants 500 more below 1,100. */
async function addCustomerBelow(card: TestCard): Promise<string> {
  const { workspaceId } = await shop.addCustomer(card)
  const choice = { enabled: true, thresholdMs: THRESHOLD_MS, packageId: 'credits_500', quantity: 1 }
  const actor = { kind: 'key', keyId: workspaceId } as const
  await saveAutoReload(startProcess().deps, workspaceId, { ...choice, monthlyCap: null }, { actor })
  return workspaceId
}

/** Lets another server continue until nothing is due. */
async function continueElsewhere(): Promise<void> {
  const { autoReload } = startProcess()
  do {
    await autoReload.idle()
    await shop.reconcileAll()
  } while ((await autoReload.wakeDue()) > 0)
}

async function countAttempts(workspaceId: string): Promise<number> {
  const { rowCount } = await shop.database.query(
    'select from auto_reload_attempts where workspace_id = $1 and purchase_id is not null',
    [workspaceId],
  )
  return rowCount ?? 0
}

async function readWatchedMs(workspaceId: string): Promise<number | null | undefined> {
  const { rows } = await shop.database.query<{ belowMs: number | null }>(
    'select reload_below_ms as "belowMs" from balance_lines where workspace_id = $1',
    [workspaceId],
  )
  return rows[0]?.belowMs
}

/** Describes the books between the kill and the process that continues. */
async function describeBooks(workspaceId: string): Promise<string> {
  const statuses = (await shop.listPurchases(workspaceId)).map(({ status }) => status)
  const paid = (await shop.listTaken(workspaceId)).length
  return `${statuses.join() || 'nothing'}, ${paid} paid`
}

describe('a process that is killed at any step of a reload', () => {
  test.each(['success', 'unknown_outcome'] as const)(
    'leaves one charge, its credits once, and a watched balance to the others (card: %s)',
    async (card) => {
      const states = new Set<string>()
      for (let stepsMax = 0; ; stepsMax += 1) {
        const workspaceId = await addCustomerBelow(card)
        const killable = startProcess(stepsMax)
        await killable.autoReload.evaluate(workspaceId).catch(killable.deps.onError)
        states.add(await describeBooks(workspaceId))
        await continueElsewhere()
        expect(await shop.listPurchases(workspaceId)).toMatchObject([{ status: 'succeeded' }])
        expect(await shop.listTaken(workspaceId)).toHaveLength(1)
        expect(await shop.sumToppedUpMs(workspaceId)).toBe(RELOAD_MS)
        expect(await countAttempts(workspaceId)).toBe(1)
        expect(await readWatchedMs(workspaceId)).toBe(THRESHOLD_MS)
        if (!killable.isKilled()) break
      }
      // The kills happened between all the steps that matter.
      const expected = ['nothing, 0 paid', 'pending, 0 paid', 'pending, 1 paid']
      expect([...states].sort()).toEqual(card === 'success' ? [...expected, 'succeeded, 1 paid'] : expected)
    },
  )

  test('loses no decline: the others wait before they charge the card again', async () => {
    for (let stepsMax = 0; ; stepsMax += 1) {
      const workspaceId = await addCustomerBelow('decline')
      const killable = startProcess(stepsMax)
      await killable.autoReload.evaluate(workspaceId).catch(killable.deps.onError)
      await continueElsewhere()
      await continueElsewhere()
      expect(await shop.listPurchases(workspaceId)).toMatchObject([{ status: 'failed' }])
      if (!killable.isKilled()) break
    }
  })
})

test('processes that decide at the same moment buy once', async () => {
  const workspaceId = await addCustomerBelow('success')
  const processes = Array.from({ length: 4 }, () => startProcess())
  await Promise.all(processes.map(({ autoReload }) => autoReload.evaluate(workspaceId)))
  await continueElsewhere()
  expect(await shop.listPurchases(workspaceId)).toHaveLength(1)
  expect(await shop.listTaken(workspaceId)).toHaveLength(1)
})
