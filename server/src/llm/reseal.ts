import type { Database } from '../platform/database/database.ts'
import { publicId } from '../platform/ids.ts'
import type { Secrets } from '../platform/seal.ts'
import { listAllKeys, replaceSealed } from './key-store.ts'
import { llmSeal, resealed } from './keys.ts'

/** What came of encrypting stored texts anew. */
export type Resealed = {
  /** How many are encrypted under the present secret now. */
  readonly count: number
  /** Those that neither secret opens, as people can find them. */
  readonly unreadable: readonly string[]
}

/**
 * Encrypts every stored key under the present secret. As often as you like, beside running servers: a key that is
 * replaced meanwhile is left as it is.
 */
export async function resealKeys(database: Database, secrets: Secrets): Promise<Resealed> {
  const seal = llmSeal(secrets)
  const unreadable: string[] = []
  let count = 0
  for await (const row of listAllKeys(database)) {
    const outcome = resealed(seal, row)
    if (outcome === 'unreadable') {
      unreadable.push(
        `${publicId('workspace', row.workspaceId)} ${publicId('llmKey', row.id)} (${row.provider})`,
      )
    } else if (outcome !== 'current') {
      await replaceSealed(database, row, outcome.sealedKey)
    }
    if (outcome !== 'unreadable') count += 1
  }
  return { count, unreadable }
}
