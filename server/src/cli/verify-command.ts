import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Difference } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import { type KeptHeads, keepHeads, readKeptHeads, verifyHeads } from './kept-heads.ts'
import { print } from './print.ts'
import { verifyBooks } from './verify-books.ts'
import { lookAtDatabase } from './with-database.ts'

/** `talktime verify` */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute every balance from the ledger, the calls and the payments, and compare')
    .option(
      '--heads <file>',
      'compare with the last hashes that the file keeps from earlier, and keep those of today in it',
    )
    .action(async ({ heads }: { readonly heads?: string }) => {
      // Read before anything is computed: that may take minutes.
      const kept = heads === undefined ? undefined : await readKeptHeads(resolve(heads))
      const { lines, differences } = await verify(kept)
      for (const line of lines) await print(line)
      if (differences > 0) process.exitCode = 1
    })
}

function verify(kept: KeptHeads | undefined): Promise<{ lines: string[]; differences: number }> {
  return lookAtDatabase(({ database }) =>
    database.transaction(async (tx) => {
      const differences = await verifyBooks(tx)
      if (kept !== undefined) differences.push(...(await verifyHeads(tx, kept)))
      const lines = [...differences.map(describeDifference), await summarize(tx, differences)]
      // A file that does not fit stays as it is: it is the evidence.
      if (kept !== undefined && differences.length === 0) lines.push(await keepHeads(tx, kept))
      return { lines, differences: differences.length }
    }),
  )
}

export function describeDifference({ workspaceId, check, detail }: Difference): string {
  return `${publicId('workspace', workspaceId)}: not so: ${check}: ${detail}`
}

async function summarize(tx: Tx, differences: readonly Difference[]): Promise<string> {
  const { rows } = await tx.query<Record<'workspaces' | 'calls' | 'entries', number>>(
    `select (select count(*) from workspaces) as workspaces, (select count(*) from calls) as calls,
            (select count(*) from ledger_entries) as entries`,
  )
  const { workspaces = 0, calls = 0, entries = 0 } = rows[0] ?? {}
  const seen = `${countOf(workspaces, 'workspace')}, ${countOf(calls, 'call')} and ${countOf(entries, 'ledger entry', 'ledger entries')}`
  if (differences.length === 0) return `Verified ${seen}: everything adds up.`
  const wrong = new Set(differences.map(({ workspaceId }) => workspaceId)).size
  return `Verified ${seen}: ${countOf(differences.length, 'difference')} in ${countOf(wrong, 'workspace')}.`
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
