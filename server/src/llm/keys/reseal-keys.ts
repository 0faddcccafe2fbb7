import type { Database } from '../../platform/database/database.ts'
import type { Renewed, Secrets } from '../../platform/sealed-box.ts'
import { publicId } from '../../public-ids.ts'
import { listAllKeys, replaceSealed } from './key-store.ts'
import { llmSeal, renewed } from './keys.ts'

/**
 * Encrypts every stored key under the present secret. As often as you like, beside running servers: a key that is
 * replaced meanwhile is left as it is.
 */
export async function resealKeys(database: Database, secrets: Secrets): Promise<Renewed> {
  const seal = llmSeal(secrets)
  const unreadable: string[] = []
  let count = 0
  for await (const row of listAllKeys(database)) {
    const sealedKey = renewed(seal, row)
    if (sealedKey === undefined) {
      unreadable.push(`${publicId('workspace', row.workspaceId)} ${publicId('llmKey', row.id)}`)
      continue
    }
    if (sealedKey !== row.sealedKey) await replaceSealed(database, row, sealedKey)
    count += 1
  }
  return { count, unreadable }
}
