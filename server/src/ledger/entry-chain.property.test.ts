import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { openWorld, type TestWorkspace, type World } from '../../test/world.ts'
import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { findLostHeads, readChainHeads } from './chain-store.ts'
import type { EntryRow } from './entry.ts'
import { CHAIN_START, hashEntry } from './entry-hash.ts'
import { type Posting, post } from './unit.ts'
import { lockWorkspaces, writeUnits } from './unit-store.ts'
import { verifyLedger } from './verify.ts'

const HASH_CHECK = 'each entry’s hash follows from what it says and from the entry before'
const LINE_CHECK = 'the line has the hash of the last entry'

let world: World
let workspace: TestWorkspace
beforeAll(async () => {
  world = await openWorld()
  workspace = await world.workspace()
})
afterAll(() => world.close())

const uuid = fc.nat().map((n) => newUuid(1_700_000_000_000 + n))
const whole = fc.oneof(
  fc.integer({ min: -10_000, max: 10_000 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
)
// Anything that PostgreSQL stores as text: also texts that look like the separators of the hashed text.
const reason = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.constantFrom('', '-', '+', ' ', '+ - 1', 'a\nb', 'Käse 𝄞', '\\x00', "'"),
)

const posting: fc.Arbitrary<Posting> = fc.record(
  {
    kind: fc.constantFrom('call', 'monthly_grant', 'top_up', 'promotional', 'adjustment', 'expiry', 'refund'),
    amountMs: whole.filter((amount) => amount !== 0),
    atMs: fc.integer({ min: 0, max: 2 ** 41 }),
    callId: uuid,
    grantId: uuid,
    reason: fc.option(reason),
  },
  { requiredKeys: ['kind', 'amountMs', 'atMs'] },
)

/** Posts the entries in a transaction, works in it and rolls it back. Triggers are off, as for an intruder. */
async function withEntries(
  postings: readonly Posting[],
  work: (tx: Tx, entries: readonly EntryRow[]) => Promise<void>,
): Promise<void> {
  const rollBack = new Error('Roll back')
  const done = world.database.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica')
    const { workspaceId } = workspace
    const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
    if (unit === undefined) throw new Error('The workspace has a line')
    const entries = postings.map((each) => post(unit, each, world.clock.now()))
    await writeUnits(tx, [unit], world.clock.now())
    await work(tx, entries)
    throw rollBack
  })
  await done.catch((error: unknown) => {
    if (error !== rollBack) throw error
  })
}

/** What verify says about the chain. */
async function verifyChain(tx: Tx): Promise<{ check: string; detail: string }[]> {
  const differences = await verifyLedger(tx)
  return differences
    .filter(({ check }) => check === HASH_CHECK || check === LINE_CHECK)
    .map(({ check, detail }) => ({ check, detail }))
}

const count = async (tx: Tx, statement: string, values: unknown[]) =>
  (await tx.query(statement, values)).rowCount

test('the hash covers the entry before and every field, in a text that can be hashed by hand', () => {
  const entry = {
    workspaceId: '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c',
    seq: 1,
    id: '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1d',
    atMs: 1_700_000_000_000,
    recordedAtMs: 1_700_000_000_001,
    kind: 'promotional',
    amountMs: 60_000,
    balanceAfterMs: 60_000,
    drawnAfterMs: 0,
    callId: null,
    grantId: '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1e',
    purchaseId: null,
    reason: 'Welcome to Talktime',
  } as const
  // printf '%s' '000…000 0199c3a8-… 1 … - +Welcome to Talktime' | sha256sum
  expect(hashEntry(CHAIN_START, entry)).toBe(
    'fd0b99e6aac6d449470b5affdcac1c5c191a3bb039990dc39a32cc53dd607c49',
  )
})

test('verify, in SQL, computes the same hashes as the ledger', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(posting, { minLength: 1, maxLength: 8 }), (postings) =>
      withEntries(postings, async (tx) => {
        expect(await verifyChain(tx)).toEqual([])
      }),
    ),
    propertyRuns(20),
  )
})

/** How each column of an entry is changed: an expression that differs from what the column holds. */
const CHANGES = {
  workspace_id: 'gen_random_uuid()',
  seq: 'seq + 1000',
  id: 'gen_random_uuid()',
  at_ms: 'at_ms + $2',
  recorded_at_ms: 'recorded_at_ms + $2',
  kind: `case kind when 'call' then 'expiry' else 'call' end`,
  amount_ms: 'amount_ms + $2',
  balance_after_ms: 'balance_after_ms - $2',
  drawn_after_ms: 'drawn_after_ms + $2',
  call_id: 'case when call_id is null then gen_random_uuid() end',
  grant_id: 'case when grant_id is null then gen_random_uuid() else gen_random_uuid() end',
  purchase_id: 'gen_random_uuid()',
  reason: `case when reason is null then '' else reason || ' ' end`,
  hash: 'sha256(hash)',
} as const
type Column = keyof typeof CHANGES

test('any change of any field of any entry shows, and verify names the first entry that does not fit', async () => {
  const columns = Object.keys(CHANGES) as Column[]
  const { rows } = await world.database.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'ledger_entries'::regclass and attnum > 0`,
  )
  expect(rows.map(({ name }) => name).sort()).toEqual([...columns].sort())
  const change = fc.record({
    column: fc.constantFrom(...columns),
    by: fc.integer({ min: 1, max: 10_000 }),
    at: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(posting, { minLength: 2, maxLength: 6 }),
      change,
      (postings, { column, by, at }) =>
        withEntries(postings, async (tx, entries) => {
          const { seq = 0 } = entries[at % entries.length] ?? {}
          const set = `update ledger_entries set ${column} = ${CHANGES[column]} where workspace_id = $1 and seq = `
          const changed = CHANGES[column].includes('$2')
            ? await count(tx, `${set}$3`, [workspace.workspaceId, by, seq])
            : await count(tx, `${set}$2`, [workspace.workspaceId, seq])
          expect(changed).toBe(1)
          const found = await verifyChain(tx)
          expect(found).not.toEqual([])
          // An entry that was moved away shows at the one after it, or on the line.
          if (column !== 'seq' && column !== 'workspace_id') {
            expect(found[0]?.detail).toBe(`entry ${seq} is the first whose hash does not fit`)
          }
        }),
    ),
    propertyRuns(60),
  )
})

test('an entry that was removed, inserted or exchanged for another shows', async () => {
  const tampering = {
    removed: 'delete from ledger_entries where workspace_id = $1 and seq = $2',
    // The later entries make room for it, and it has the hash that fits to the one before.
    inserted: `with moved as (update ledger_entries set seq = seq + 1 where workspace_id = $1 and seq > $2::bigint returning 1)
      insert into ledger_entries select workspace_id, seq + 1, gen_random_uuid(), at_ms, recorded_at_ms, kind, amount_ms,
        balance_after_ms, drawn_after_ms, call_id, grant_id, reason, purchase_id, sha256(hash)
      from ledger_entries where workspace_id = $1 and seq = $2`,
    exchanged: `update ledger_entries set seq = -seq where workspace_id = $1 and seq in ($2, $2::bigint + 1)`,
  } as const
  await fc.assert(
    fc.asyncProperty(
      fc.array(posting, { minLength: 2, maxLength: 6 }),
      fc.constantFrom('removed', 'inserted', 'exchanged' as const),
      fc.nat(),
      (postings, kind, at) =>
        withEntries(postings, async (tx, entries) => {
          const index = at % (kind === 'exchanged' ? entries.length - 1 : entries.length)
          const seq = entries[index]?.seq ?? 0
          await tx.query('alter table ledger_entries drop constraint ledger_entries_pkey')
          await tx.query(tampering[kind], [workspace.workspaceId, seq])
          if (kind === 'exchanged') {
            await tx.query(
              `update ledger_entries set seq = 2 * $2::bigint + 1 + seq where workspace_id = $1 and seq < 0`,
              [workspace.workspaceId, seq],
            )
          }
          expect(await verifyChain(tx)).not.toEqual([])
        }),
    ),
    propertyRuns(30),
  )
})

test('a ledger that was rewritten with all its hashes shows against heads that were kept', async () => {
  const atMs = world.clock.now()
  const credit = { kind: 'promotional', amountMs: 60_000, atMs, grantId: newUuid(atMs) } as const
  await withEntries([credit, { ...credit, reason: 'Second' }, credit], async (tx, entries) => {
    const heads = await readChainHeads(tx)
    expect(await findLostHeads(tx, heads)).toEqual([])
    const [, second, third] = entries
    if (second === undefined || third === undefined) throw new Error('Three entries were posted')
    const changed = { ...second, reason: 'Forged' }
    const hash = hashEntry(entries[0]?.hash ?? '', changed)
    const last = hashEntry(hash, third)
    for (const [seq, reason, bytes] of [
      [second.seq, 'Forged', hash],
      [third.seq, null, last],
    ]) {
      await tx.query(
        `update ledger_entries set reason = $3, hash = decode($4, 'hex') where workspace_id = $1 and seq = $2`,
        [workspace.workspaceId, seq, reason, bytes],
      )
    }
    await tx.query(`update balance_lines set entry_hash = decode($2, 'hex') where workspace_id = $1`, [
      workspace.workspaceId,
      last,
    ])
    expect(await verifyChain(tx)).toEqual([])
    expect(await findLostHeads(tx, heads)).toEqual(heads)
  })
})
