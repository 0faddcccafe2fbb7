import { Command } from 'commander'
import type { Difference } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import { verifyBooks } from './verify-books.ts'
import { withDatabase } from './with-database.ts'

/** `talktime verify` */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute every balance from the ledger, the calls and the payments, and compare')
    .action(async () => {
      const { lines, differences } = await verify()
      for (const line of lines) console.log(line)
      if (differences > 0) process.exitCode = 1
    })
}

function verify(): Promise<{ lines: string[]; differences: number }> {
  return withDatabase(({ database }) =>
    database.transaction(async (tx) => {
      const differences = await verifyBooks(tx)
      const lines = [...differences.map(describe), await summary(tx, differences)]
      return { lines, differences: differences.length }
    }),
  )
}

function describe({ workspaceId, check, detail }: Difference): string {
  return `${publicId('workspace', workspaceId)}: not so: ${check}: ${detail}`
}

async function summary(tx: Tx, differences: readonly Difference[]): Promise<string> {
  const { rows } = await tx.query<Record<'workspaces' | 'calls' | 'entries', number>>(
    `select (select count(*) from workspaces) as workspaces, (select count(*) from calls) as calls,
            (select count(*) from ledger_entries) as entries`,
  )
  const { workspaces = 0, calls = 0, entries = 0 } = rows[0] ?? {}
  const seen = `${counted(workspaces, 'workspace')}, ${counted(calls, 'call')} and ${counted(entries, 'ledger entry', 'ledger entries')}`
  if (differences.length === 0) return `Verified ${seen}: everything adds up.`
  const wrong = new Set(differences.map(({ workspaceId }) => workspaceId)).size
  return `Verified ${seen}: ${counted(differences.length, 'difference')} in ${counted(wrong, 'workspace')}.`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
