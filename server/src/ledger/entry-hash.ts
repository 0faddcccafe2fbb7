import { hash } from 'node:crypto'
import type { EntryRow } from './entry.ts'

// The entries of a workspace form a chain: the hash of an entry covers the hash of the entry before it. So a change of
// any entry, and an entry added or missing in between, shows in all hashes after it, and the last hash stands for the
// whole ledger. verify recomputes the chain in SQL, from the same text (docs/decisions/0019).

/** The hash before the first entry of a workspace. */
export const CHAIN_START = '0'.repeat(64)

/** What an entry's hash covers besides the hash of the entry before it. */
export type EntryContent = Omit<EntryRow, 'hash'>

/**
 * Computes the hash of an entry: SHA-256, in hexadecimal, of a text with all that the entry says. The parts are separated
 * by spaces, and an absent one is a dash. The reason comes last, after a plus, because it alone may contain spaces.
 *
 * @param previous the hash of the entry before it, or {@link CHAIN_START}
 */
export function hashEntry(previous: string, e: EntryContent): string {
  const ids = `${e.callId ?? '-'} ${e.grantId ?? '-'} ${e.purchaseId ?? '-'}`
  const amounts = `${e.amountMs} ${e.balanceAfterMs} ${e.drawnAfterMs}`
  const reason = e.reason === null ? '-' : `+${e.reason}`
  return hash(
    'sha256',
    `${previous} ${e.workspaceId} ${e.seq} ${e.id} ${e.atMs} ${e.recordedAtMs} ${e.kind} ${amounts} ${ids} ${reason}`,
  )
}
