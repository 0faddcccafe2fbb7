import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { readOrCreateSecret } from '../platform/data-folder.ts'
import { isLoopback } from '../platform/origin.ts'

type PasswordConfig = Pick<Config, 'host' | 'publicUrl' | 'dataDir'>

/** Acceptable only while the server can be reached from its own machine alone. */
const WELL_KNOWN_PASSWORD = 'talktime-demo'

const FILE_NAME = 'demo-password'
const PASSWORD_LENGTH_MIN = 16

/**
 * Returns the password that the demo's owner should have. If others can reach the server, it is a random one, stored in
 * the data folder. Once such a file exists, its password is used wherever the server listens.
 */
export async function readOwnerPassword(config: PasswordConfig): Promise<string> {
  const hasFile = await access(join(config.dataDir, FILE_NAME)).then(
    () => true,
    () => false,
  )
  return hasFile || isExposed(config) ? readRandomOwnerPassword(config) : WELL_KNOWN_PASSWORD
}

/**
 * Returns the random password in the data folder, and creates it first if it is missing. For commands that cannot know
 * where the server listens.
 */
export function readRandomOwnerPassword({ dataDir }: Pick<Config, 'dataDir'>): Promise<string> {
  return readOrCreateSecret(dataDir, FILE_NAME, PASSWORD_LENGTH_MIN)
}

/** Whether other machines can reach the server, directly or through a proxy. */
export function isExposed({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): boolean {
  if (!isLoopback(host)) return true
  return publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname)
}
