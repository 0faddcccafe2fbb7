import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  answerOf,
  endOf,
  openWorld,
  startOf,
  type TestWorkspace,
  verifyAll,
  type World,
} from '../../test/world.ts'
import type { Difference } from '../ledger/index.ts'
import { newUuid } from '../platform/ids.ts'

const CYCLE_ENDS_AT_MS = Date.UTC(2026, 1, 10, 12)

let world: World
let workspace: TestWorkspace
beforeAll(async () => {
  world = await openWorld()
  const workspaces = [
    await world.workspace({ monthlyMs: 40 * MINUTE_MS }),
    await world.workspace({ monthlyMs: 40 * MINUTE_MS }),
  ]
  for (const each of workspaces) await beforeReset(each)
  world.clock.set(CYCLE_ENDS_AT_MS - 30 * MINUTE_MS)
  const calls = await Promise.all(workspaces.map(duringReset))
  world.clock.set(CYCLE_ENDS_AT_MS + 30 * MINUTE_MS)
  for (const each of calls) await afterReset(each)
  workspace = workspaces[1] as TestWorkspace
})
afterAll(() => world.close())

/** Before the reset: grants of several kinds, and a call that two of them paid. */
async function beforeReset(workspace: TestWorkspace): Promise<void> {
  const expiresAtMs = world.clock.now() + 30 * DAY_MS
  await world.grant(workspace, { kind: 'promotional', amountMs: 20 * MINUTE_MS, expiresAtMs })
  await world.grant(workspace, { kind: 'top_up', amountMs: 15 * MINUTE_MS })
  const start = startOf(workspace)
  const ended = [
    answerOf(world, workspace, start.callId, 25 * MINUTE_MS),
    endOf(world, workspace, start.callId),
  ]
  await world.engine.submitBatch([start, ...ended])
  await world.deduct(workspace, MINUTE_MS)
}

/** At the reset: calls that are cut there, one that is answered later and one that rings. */
async function duringReset(workspace: TestWorkspace) {
  // Their ids decide the order in which they are cut: the first is charged to the old cycle, so its reversal expires.
  const starts = [1, 2, 3, 4].map((ms) => startOf(workspace, { callId: newUuid(world.clock.now() + ms) }))
  const [shorterId = '', cutId = '', answeredLaterId = ''] = starts.map(({ callId }) => callId)
  const answers = [shorterId, cutId].map((callId) => answerOf(world, workspace, callId))
  await world.engine.submitBatch([...starts, ...answers])
  return { workspace, shorterId, answeredLaterId }
}

/** After the reset: a correction, an overdraft, a call that is refused for it, and credit that pays it and is left over. */
async function afterReset(calls: Awaited<ReturnType<typeof duringReset>>): Promise<void> {
  const { workspace, shorterId, answeredLaterId } = calls
  await world.engine.submit(endOf(world, workspace, shorterId, 55 * MINUTE_MS))
  await world.engine.submit(answerOf(world, workspace, answeredLaterId, 10 * MINUTE_MS))
  await world.deduct(workspace, 60 * MINUTE_MS)
  await world.engine.submit(startOf(workspace))
  await world.grant(workspace, { kind: 'adjustment', amountMs: 80 * MINUTE_MS })
  const expiresAtMs = world.clock.now() + MINUTE_MS
  await world.grant(workspace, { kind: 'promotional', amountMs: MINUTE_MS, expiresAtMs })
}

/** Runs a statement that corrupts the workspace's books, verifies them and rolls back. Returns what was found. */
async function verifyCorrupted(statement: string): Promise<Difference[]> {
  let found: Difference[] = []
  await world.database
    .transaction(async (tx) => {
      // Switches off triggers and foreign keys, so that the database does not object.
      await tx.query('set local session_replication_role = replica')
      const { rowCount } = await tx.query(statement.replaceAll(':workspace', `'${workspace.workspaceId}'`))
      expect(rowCount).toBe(1)
      found = await verifyAll(tx)
      throw new Error('rolled back')
    })
    .catch((error: Error) => expect(error.message).toBe('rolled back'))
  return found
}

test('correct books have no differences', async () => {
  expect(await verifyAll(world.database)).toEqual([])
})

const entriesSum = 'entries add up to the settled balance'
const entryContinues = 'each entry continues the one before'
const entryHash = 'each entry’s hash follows from what it says and from the entry before'
const lineHash = 'the line has the hash of the last entry'
const lineEnds = 'the line ends where the last entry does'
const grantsBalance = 'grants less what is not folded make the settled balance'
const grantSums = 'each grant is granted = remaining + drawn + expired'
const drawsCover = 'draws cover what is folded without a gap'
const conservation = 'granted = balance + used + expired'
const nextLook = 'the next boundary is no later than the next expiry'
const orphans = 'every entry and event belongs to a workspace'
const talked = 'each call is charged for its conversation'
const callEntries = 'each call’s entries add up to its charge'
const chargesCalls = 'every charge belongs to a call'
const counts = 'the line counts the live and open calls'
const liveLine = 'the line is the settled balance less what live calls have used'
const statuses = 'each call’s status follows from its facts'
const begins = 'each call’s charges begin where it says'
const usageDays = 'usage of each day is what its calls were charged'
const usageZone = 'usage is kept in the workspace’s time zone'
const callOrphans = 'every call belongs to a workspace and to one of its agents'

const line = (set: string) => `update balance_lines set ${set} where workspace_id = :workspace`
const entry = (set: string, seq: number) =>
  `update ledger_entries set ${set} where workspace_id = :workspace and seq = ${seq}`
const oneOf = (table: string, condition: string) =>
  `workspace_id = :workspace and id = (select id from ${table} where workspace_id = :workspace and ${condition} order by id limit 1)`
const grant = (set: string, which: string) => `update grants set ${set} where ${oneOf('grants', which)}`
const call = (set: string, which: string) => `update calls set ${set} where ${oneOf('calls', which)}`
const firstDay = `workspace_id = :workspace and day = (select min(day) from usage_days where workspace_id = :workspace)`
const usage = (set: string) => `update usage_days set ${set} where ${firstDay}`
const middleDraw = `workspace_id = :workspace and from_ms = (select from_ms from grant_draws where workspace_id = :workspace order by 1 offset 1 limit 1)`

test.each<[string, string, string[]]>([
  // The line
  [
    'the settled balance',
    line('settled_ms = settled_ms + 1'),
    [entriesSum, grantsBalance, conservation, liveLine],
  ],
  ['the number of entries', line('entry_seq = entry_seq + 1'), [lineEnds]],
  ['what was drawn', line('drawn_ms = drawn_ms + 1'), [lineEnds, grantsBalance]],
  ['what was folded', line('folded_ms = folded_ms - 1'), [grantsBalance, drawsCover]],
  ['the live balance', line('balance_ms = balance_ms - 1'), [liveLine]],
  ['the anchor', line('anchor_ms = anchor_ms + 1'), [liveLine]],
  ['the number of live calls', line('live_calls = live_calls - 1'), [counts]],
  ['the number of open calls', line('open_calls = open_calls + 1'), [counts]],
  ['when to look next', line('next_boundary_ms = null'), [nextLook]],
  ['when to look next, by a millisecond', line('next_boundary_ms = next_boundary_ms + 1'), [nextLook]],
  // Entries
  [
    'an entry’s amount',
    entry('amount_ms = amount_ms + 1', 4),
    [entriesSum, entryContinues, entryHash, conservation, callEntries, begins],
  ],
  ['an entry’s balance', entry('balance_after_ms = balance_after_ms + 1', 4), [entryContinues, entryHash]],
  [
    'what was drawn by an entry',
    entry('drawn_after_ms = drawn_after_ms - 1', 4),
    [entryContinues, entryHash, begins],
  ],
  [
    'that an expiry draws nothing',
    entry('drawn_after_ms = drawn_after_ms + 1', 10),
    [entryContinues, entryHash],
  ],
  [
    'whose charge an entry is',
    entry('call_id = gen_random_uuid()', 4),
    [entryHash, callEntries, chargesCalls],
  ],
  ['whose expiry an entry is', entry('grant_id = gen_random_uuid()', 10), [entryHash, grantSums]],
  ['an entry’s place', entry('seq = 1000', 4), [entryContinues, entryHash, lineEnds, lineHash, begins]],
  [
    'an entry’s workspace',
    entry('workspace_id = gen_random_uuid()', 1),
    [entriesSum, entryContinues, entryHash, orphans],
  ],
  ['why an entry was made', entry(`reason = 'Something else'`, 4), [entryHash]],
  ['when an entry was written', entry('recorded_at_ms = recorded_at_ms + 1', 4), [entryHash]],
  ['an entry’s hash', entry(`hash = sha256(hash)`, 4), [entryHash]],
  ['the hash on the line', line('entry_hash = sha256(entry_hash)'), [lineHash]],
  // Grants and draws
  [
    'what is left of a grant',
    grant('remaining_ms = remaining_ms - 1', 'remaining_ms > 0'),
    [grantsBalance, grantSums],
  ],
  ['what was granted', grant('granted_ms = granted_ms + 1', 'not returned'), [grantSums, conservation]],
  ['that credit was returned', grant('returned = false', 'returned'), [conservation]],
  [
    'when credit expires',
    grant('expires_at_ms = expires_at_ms - 1', 'remaining_ms > 0 and expires_at_ms > 0'),
    [nextLook],
  ],
  [
    'which grant paid',
    `update grant_draws set grant_id = gen_random_uuid() where ${middleDraw}`,
    [grantSums],
  ],
  [
    'where a draw lies',
    `update grant_draws set from_ms = from_ms + 1, to_ms = to_ms + 1 where ${middleDraw}`,
    [drawsCover],
  ],
  [
    'how much a draw is',
    `update grant_draws set to_ms = to_ms - 1 where ${middleDraw}`,
    [grantSums, drawsCover],
  ],
  // Calls
  [
    'a call’s charge',
    call('settled_ms = settled_ms + 1', `status = 'ended'`),
    [talked, callEntries, usageDays],
  ],
  ['when a call was answered', call('answered_at_ms = answered_at_ms + 1', `status = 'ended'`), [talked]],
  ['when a call ended', call('ended_at_ms = ended_at_ms + 1', `status = 'ended'`), [talked]],
  [
    'where a call was cut',
    call('settled_until_ms = settled_until_ms + 1', `status = 'in_conversation' and settled_ms > 0`),
    [talked, liveLine],
  ],
  ['which entries charged a call', call(`entry_seqs = '{}'`, `status = 'ended'`), [callEntries, begins]],
  [
    'where a call’s charges begin',
    call('drawn_from_ms = drawn_from_ms - 1', `status = 'ended'`),
    [begins, usageDays],
  ],
  ['whether a call was answered at all', call(`status = 'unanswered'`, `status = 'ended'`), [statuses]],
  [
    'that a call is in conversation',
    call(`status = 'authorized'`, `status = 'in_conversation' and settled_ms = 0`),
    [counts, liveLine, statuses],
  ],
  ['that a call was refused', call(`status = 'failed'`, `status = 'refused'`), [statuses]],
  ['a call’s agent', call('agent_id = gen_random_uuid()', `status = 'ended'`), [callOrphans, usageDays]],
  // Usage
  ['how many calls a day has', usage('calls = calls + 1'), [usageDays]],
  ['what was used on a day', usage('used_ms = used_ms - 1'), [usageDays]],
  ['the day of usage', usage('day = day + 1'), [usageDays]],
  ['whose usage it is', usage('agent_id = gen_random_uuid()'), [usageDays]],
  ['where the charges of a day end', usage('drawn_to_ms = drawn_to_ms - 1'), [usageDays]],
  ['in which zone a day is meant', usage(`time_zone = 'Asia/Tokyo'`), [usageDays, usageZone]],
])('verify finds a change to %s', async (_what, statement, checks) => {
  const found = await verifyCorrupted(statement)
  expect(new Set(found.map(({ check }) => check))).toEqual(new Set(checks))
  // It names this workspace and no other.
  const { rows } = await world.database.query('select from workspaces')
  expect(rows).toHaveLength(2)
  const others = found.filter(
    ({ workspaceId, check }) => workspaceId !== workspace.workspaceId && check !== orphans,
  )
  expect(others.filter(({ check }) => check !== entryContinues && check !== entryHash)).toEqual([])
})

test.each<[string, string, string[]]>([
  [
    'an entry',
    `delete from ledger_entries where workspace_id = :workspace and seq = 3`,
    [entriesSum, entryContinues, entryHash],
  ],
  ['a draw', `delete from grant_draws where ${middleDraw}`, [grantSums, drawsCover]],
  ['a call', `delete from calls where ${oneOf('calls', `status = 'ended'`)}`, [chargesCalls, usageDays]],
  ['usage of a day', `delete from usage_days where ${firstDay}`, [usageDays]],
  ['a call that rings', `delete from calls where ${oneOf('calls', `status = 'authorized'`)}`, [counts]],
  ['a balance line', 'delete from balance_lines where workspace_id = :workspace', [orphans, callOrphans]],
])('verify finds that %s is missing', async (_what, statement, checks) => {
  expect(new Set((await verifyCorrupted(statement)).map(({ check }) => check))).toEqual(new Set(checks))
})

test.each(['ledger_entries', 'grant_draws'])(
  'the database refuses to change or delete rows of %s',
  async (table) => {
    const refused = `${table} is append-only`
    for (const statement of [
      `update ${table} set workspace_id = workspace_id`,
      `delete from ${table}`,
      `truncate ${table}`,
      `truncate ${table} cascade`,
    ]) {
      await expect(world.database.query(statement)).rejects.toThrow(refused)
    }
    const { rowCount } = await world.database.query(`select from ${table}`)
    expect(rowCount).toBeGreaterThan(0)
  },
)
