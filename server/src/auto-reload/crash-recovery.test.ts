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

const reloadMs = 500 * 60_000

/** A server process with auto-reload, until it dies. */
function serverProcess(stepsMax?: number): {
  autoReload: AutoReload
  deps: AutoReloadDeps
  isDead(): boolean
} {
  const { life, payments } = shop.seller(stepsMax)
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
  return { autoReload: createAutoReload(deps), deps, isDead: () => life.isKilled }
}

/** A customer with 1,000 credits who wants 500 more whenever there are less than 1,100. */
async function customerBelow(card: TestCard): Promise<string> {
  const { workspaceId } = await shop.customer(card)
  const choice = { enabled: true, thresholdMs: 1_100 * 60_000, packageId: 'credits_500', quantity: 1 }
  const actor = { kind: 'key', keyId: workspaceId } as const
  await saveAutoReload(serverProcess().deps, workspaceId, { ...choice, monthlyCap: null }, actor)
  return workspaceId
}

/** Another server goes on with whatever is there, until nothing is due. */
async function goOn(): Promise<void> {
  const { autoReload } = serverProcess()
  do {
    await autoReload.idle()
    await shop.reconcileAll()
  } while ((await autoReload.wakeDue()) > 0)
}

async function attemptsOf(workspaceId: string): Promise<number> {
  const { rowCount } = await shop.database.query(
    'select from auto_reload_attempts where workspace_id = $1 and purchase_id is not null',
    [workspaceId],
  )
  return rowCount ?? 0
}

async function watchedFor(workspaceId: string): Promise<number | null | undefined> {
  const { rows } = await shop.database.query<{ belowMs: number | null }>(
    'select reload_below_ms as "belowMs" from balance_lines where workspace_id = $1',
    [workspaceId],
  )
  return rows[0]?.belowMs
}

/** What the books say between the death and whoever goes on. */
async function stateOf(workspaceId: string): Promise<string> {
  const statuses = (await shop.purchases(workspaceId)).map(({ status }) => status)
  const paid = (await shop.taken(workspaceId)).length
  return `${statuses.join() || 'nothing'}, ${paid} paid`
}

describe('a process that dies at any step of a reload', () => {
  test.each(['success', 'unknown_outcome'] as const)(
    'leaves it to the others: one charge, its credits once, and watched again (card: %s)',
    async (card) => {
      const deaths = new Set<string>()
      for (let stepsMax = 0; ; stepsMax += 1) {
        const workspaceId = await customerBelow(card)
        const killable = serverProcess(stepsMax)
        await killable.autoReload.evaluate(workspaceId).catch(killable.deps.onError)
        deaths.add(await stateOf(workspaceId))
        await goOn()
        expect(await shop.purchases(workspaceId)).toMatchObject([{ status: 'succeeded' }])
        expect(await shop.taken(workspaceId)).toHaveLength(1)
        expect(await shop.toppedUpMs(workspaceId)).toBe(reloadMs)
        expect(await attemptsOf(workspaceId)).toBe(1)
        expect(await watchedFor(workspaceId)).toBe(1_100 * 60_000)
        if (!killable.isDead()) break
      }
      // The deaths were where they were meant to be.
      const expected = ['nothing, 0 paid', 'pending, 0 paid', 'pending, 1 paid']
      expect([...deaths].sort()).toEqual(card === 'success' ? [...expected, 'succeeded, 1 paid'] : expected)
    },
  )

  test('forgets no decline: the others wait before they try the card again', async () => {
    for (let stepsMax = 0; ; stepsMax += 1) {
      const workspaceId = await customerBelow('decline')
      const killable = serverProcess(stepsMax)
      await killable.autoReload.evaluate(workspaceId).catch(killable.deps.onError)
      await goOn()
      await goOn()
      expect(await shop.purchases(workspaceId)).toMatchObject([{ status: 'failed' }])
      if (!killable.isDead()) break
    }
  })
})

test('processes that decide at the same moment buy once', async () => {
  const workspaceId = await customerBelow('success')
  const processes = Array.from({ length: 4 }, () => serverProcess())
  await Promise.all(processes.map(({ autoReload }) => autoReload.evaluate(workspaceId)))
  await goOn()
  expect(await shop.purchases(workspaceId)).toHaveLength(1)
  expect(await shop.taken(workspaceId)).toHaveLength(1)
})
