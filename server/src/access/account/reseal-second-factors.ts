import { type SecretConfig, symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { Database } from '../../platform/database/database.ts'
import type { Renewed, Secrets } from '../../platform/sealed-box.ts'
import { publicId } from '../../public-ids.ts'
import { listSecrets } from '../better-auth.ts'
import { listSealedSecondFactors, replaceSealedSecondFactor } from './second-factor-store.ts'

/**
 * Encrypts all second factors again with the server's current secret. It may run any number of times, beside running
 * servers: one that changes meanwhile is left as it is.
 *
 * @returns how many were encrypted again, and the users whose second factor cannot be decrypted
 */
export async function resealSecondFactors(database: Database, secrets: Secrets): Promise<Renewed> {
  const key = secretConfigOf(secrets)
  const reseal = async (data: string) => {
    const text = await symmetricDecrypt({ key, data }).catch(() => undefined)
    return text === undefined ? undefined : symmetricEncrypt({ key, data: text })
  }
  const unreadable: string[] = []
  let count = 0
  for (const before of await listSealedSecondFactors(database)) {
    const [secret, backupCodes] = await Promise.all([reseal(before.secret), reseal(before.backupCodes)])
    if (secret === undefined || backupCodes === undefined) {
      unreadable.push(publicId('user', before.userId))
      continue
    }
    await replaceSealedSecondFactor(database, before, { secret, backupCodes })
    count += 1
  }
  return { count, unreadable }
}

function secretConfigOf(secrets: Secrets): SecretConfig {
  const { current, all } = listSecrets(secrets)
  return { keys: new Map(all.map(({ version, value }) => [version, value])), currentVersion: current.version }
}
