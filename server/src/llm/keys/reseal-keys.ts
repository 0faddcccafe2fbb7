import type { Database } from '../../platform/database/database.ts'
import type { Renewed, Secrets } from '../../platform/sealed-box.ts'
import { publicId } from '../../public-ids.ts'
import { listAllKeys, replaceSealed } from './key-store.ts'
import { createKeySealedBox, resealKey } from './keys.ts'

/**
 * Encrypts every stored key with the current secret. It can run repeatedly and while servers run. A key that is
 * replaced in the meantime is left alone.
 */
export async function resealKeys(database: Database, secrets: Secrets): Promise<Renewed> {
  const sealedBox = createKeySealedBox(secrets)
  const unreadable: string[] = []
  let count = 0
  for await (const row of listAllKeys(database)) {
    const sealedKey = resealKey(sealedBox, row)
    if (sealedKey === undefined) {
      unreadable.push(`${publicId('workspace', row.workspaceId)} ${publicId('llmKey', row.id)}`)
      continue
    }
    if (sealedKey !== row.sealedKey) await replaceSealed(database, row, sealedKey)
    count += 1
  }
  return { count, unreadable }
}
