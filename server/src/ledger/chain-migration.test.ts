import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDatabase } from '../../test/database.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { MIGRATIONS_FOLDER, migrate, migrationNames } from '../platform/database/migrate.ts'
import { newUuid } from '../platform/ids.ts'
import { readChainHeads } from './chain-store.ts'
import { CHAIN_START, hashEntry } from './entry-hash.ts'
import { verifyLedger } from './verify.ts'

test('entries from before are chained by the migration, as the ledger would have', async () => {
  const { database, drop } = await testDatabase('empty')
  const older = await temporaryFolder()
  for (const name of await migrationNames()) {
    if (name < '0029') await copyFile(join(MIGRATIONS_FOLDER, name), join(older.path, name))
  }
  await migrate(database, { folder: older.path })
  const [first, second, idle] = [1, 2, 3].map((atMs) => newUuid(atMs)) as [string, string, string]
  for (const id of [first, second, idle]) {
    await database.query(
      `insert into workspaces (id, name, time_zone, created_at_ms) values ($1, 'A', 'UTC', 1)`,
      [id],
    )
    await database.query(
      'insert into balance_lines (workspace_id, anchor_ms, balance_ms) values ($1, 1, 0)',
      [id],
    )
  }
  const entries = [first, second, first, first].map((workspaceId, index) => ({
    workspaceId,
    seq: index === 0 ? 1 : index === 1 ? 1 : index,
    id: newUuid(index),
    atMs: index,
    recordedAtMs: index + 1,
    kind: 'promotional' as const,
    amountMs: 60_000,
    balanceAfterMs: 60_000 * index,
    drawnAfterMs: 0,
    callId: index === 2 ? newUuid(7) : null,
    grantId: newUuid(8),
    purchaseId: null,
    reason: ['Welcome, Käse', null, '', '+ -'][index] ?? null,
  }))
  for (const e of entries) {
    await database.query(
      `insert into ledger_entries (workspace_id, seq, id, at_ms, recorded_at_ms, kind, amount_ms, balance_after_ms,
                                   drawn_after_ms, call_id, grant_id, purchase_id, reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      Object.values(e),
    )
    await database.query('update balance_lines set entry_seq = $2 where workspace_id = $1', [
      e.workspaceId,
      e.seq,
    ])
  }
  await migrate(database)
  const headOf = (workspaceId: string) =>
    entries
      .filter((entry) => entry.workspaceId === workspaceId)
      .reduce((previous, entry) => hashEntry(previous, entry), CHAIN_START)
  expect(await readChainHeads(database)).toEqual([
    { workspaceId: first, seq: 3, hash: headOf(first) },
    { workspaceId: second, seq: 1, hash: headOf(second) },
  ])
  const found = await verifyLedger(database)
  expect(found.filter(({ check }) => check.includes('hash'))).toEqual([])
  await expect(database.query(`update ledger_entries set reason = 'x'`)).rejects.toThrow('append-only')
  await older.remove()
  await drop()
})
