import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWorld, type TestWorkspace, verifyAll, type World } from '../../test/world.ts'
import { createCommits } from '../platform/commits.ts'
import { createOnce } from '../platform/idempotency/once.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import { addGrant, type Change, type Ledger, type WorkspaceCommit } from './index.ts'
import { addEvent, post } from './unit.ts'

const CREDIT_MS = 60_000

let world: World
let ledger: Ledger
let workspace: TestWorkspace
let committed: WorkspaceCommit[]

beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  expect(await verifyAll(world.database)).toEqual([])
  await world.close()
})
beforeEach(async () => {
  workspace = await world.workspace()
  committed = []
  const commits = createCommits<WorkspaceCommit>((error) => {
    throw error
  })
  commits.subscribe((more) => committed.push(...more))
  ledger = openQuietRooms({ database: world.database, clock: world.clock, commits }).ledger
})

const change = <Result>(work: (change: Change) => Promise<Result>) =>
  ledger.changeWorkspace(workspace.workspaceId, work)

/** A deduction of a credit. */
const deduct = async ({ unit, nowMs }: Change) => {
  post(unit, { kind: 'adjustment', amountMs: -CREDIT_MS, atMs: nowMs, draws: true }, nowMs)
}

async function readKinds(): Promise<string[]> {
  const { rows } = await world.database.query<{ kind: string }>(
    'select kind from ledger_entries where workspace_id = $1 order by seq',
    [workspace.workspaceId],
  )
  return rows.map(({ kind }) => kind)
}

describe('a change of a workspace', () => {
  test('is written in one transaction and published once, with the line as it was committed', async () => {
    await change(deduct)
    expect(await readKinds()).toEqual(['monthly_grant', 'adjustment'])
    expect(committed).toHaveLength(1)
    expect(committed[0]).toMatchObject({
      workspaceId: workspace.workspaceId,
      line: { settledMs: 29 * CREDIT_MS, entrySeq: 2 },
    })
    expect([...(committed[0]?.topics ?? [])]).toEqual(['balance'])
  })

  test('that decides nothing writes nothing and publishes nothing', async () => {
    expect(await change(async () => 'looked')).toBe('looked')
    expect(committed).toEqual([])
  })

  test('that fails leaves nothing behind, and publishes nothing', async () => {
    const failing = change(async (one) => {
      await deduct(one)
      await addGrant(
        one.tx,
        one.unit,
        { kind: 'promotional', amountMs: 1, atMs: one.nowMs, expiresAtMs: null, reason: null, price: null },
        one.nowMs,
      )
      throw new Error('Broken')
    })
    await expect(failing).rejects.toThrow('Broken')
    expect(await readKinds()).toEqual(['monthly_grant'])
    expect(committed).toEqual([])
  })

  test('of a workspace that does not exist is a problem', async () => {
    const unknown = ledger.changeWorkspace('00000000-0000-7000-8000-000000000000', deduct)
    await expect(unknown).rejects.toMatchObject({ code: 'workspace_not_found' })
  })

  test('reads the clock once it holds the lock: a change that waited is decided on its own moment', async () => {
    const startedAtMs = world.clock.now()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let hasLock = () => {}
    const locked = new Promise<void>((resolve) => {
      hasLock = resolve
    })
    const first = change(async ({ nowMs }) => {
      hasLock()
      await held
      return nowMs
    })
    await locked
    const second = change(async ({ nowMs }) => nowMs)
    world.clock.advance(7_000)
    release()
    expect([await first, await second]).toEqual([startedAtMs, startedAtMs + 7_000])
  })

  test('passes the boundaries that are due before it decides, dated when they were due', async () => {
    const { nextBoundaryMs } = (await change(async ({ unit }) => unit)).line
    world.clock.set((nextBoundaryMs ?? 0) + 5_000)
    const seen = await change(async ({ tx, unit }) => {
      const { rows } = await tx.query<{ kind: string }>(
        'select kind from ledger_entries where workspace_id = $1 order by seq',
        [workspace.workspaceId],
      )
      return { written: rows.map(({ kind }) => kind), balanceMs: unit.line.balanceMs }
    })
    expect(seen).toEqual({
      written: ['monthly_grant', 'expiry', 'monthly_grant'],
      balanceMs: 30 * CREDIT_MS,
    })
    expect(committed).toHaveLength(1)
  })

  test('leaves a boundary due where it fails, for the next change', async () => {
    const { nextBoundaryMs } = (await change(async ({ unit }) => unit)).line
    world.clock.set((nextBoundaryMs ?? 0) + 5_000)
    await expect(change(() => Promise.reject(new Error('Broken')))).rejects.toThrow('Broken')
    expect(await readKinds()).toEqual(['monthly_grant'])
    await change(deduct)
    expect(await readKinds()).toEqual(['monthly_grant', 'expiry', 'monthly_grant', 'adjustment'])
  })

  test('prepares before it locks: the workspace stays free meanwhile, in the same transaction', async () => {
    const done = await ledger.changeWorkspace<number, number>(
      workspace.workspaceId,
      async ({ unit }, prepared) => {
        addEvent(unit, 'workspace')
        return prepared + 1
      },
      {
        async prepare() {
          await change(deduct)
          return 41
        },
      },
    )
    expect(done).toBe(42)
    expect(committed.map(({ topics }) => [...topics])).toEqual([['balance'], ['workspace']])
  })

  test('under an idempotency key happens once; its repeat is answered without working, boundaries or not', async () => {
    const key = { scope: workspace.workspaceId, key: 'once', requestHash: Buffer.from('same') }
    const once = createOnce<string>(key, {
      show: async (_tx, record) => record?.body,
      answerOf: (body) => ({ status: 200, body }),
    })
    let runs = 0
    const run = () =>
      ledger.changeWorkspace(
        workspace.workspaceId,
        async (one) => {
          runs += 1
          await deduct(one)
          return `run ${runs}`
        },
        { once },
      )
    const answers = await Promise.all([run(), run(), run()])
    world.clock.advance(62 * 24 * 3_600_000)
    expect([...answers, await run()]).toEqual(['run 1', 'run 1', 'run 1', 'run 1'])
    expect(committed).toHaveLength(1)
    expect(await readKinds()).toEqual(['monthly_grant', 'adjustment'])
  })

  test('that fails under an idempotency key keeps no answer: its repeat works', async () => {
    const key = { scope: workspace.workspaceId, key: 'again', requestHash: Buffer.from('same') }
    const once = createOnce<string>(key, {
      show: async (_tx, record) => record?.body,
      answerOf: (body) => ({ status: 200, body }),
    })
    const broken = ledger.changeWorkspace(workspace.workspaceId, () => Promise.reject(new Error('Broken')), {
      once,
    })
    await expect(broken).rejects.toThrow('Broken')
    expect(await ledger.changeWorkspace(workspace.workspaceId, async () => 'done', { once })).toBe('done')
  })
})
