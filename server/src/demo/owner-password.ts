import { access } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { readOrCreateSecret } from '../platform/data-folder.ts'

type PasswordConfig = Pick<Config, 'host' | 'publicUrl' | 'dataDir'>

/** Good where nobody else can reach the server. */
const wellKnownPassword = 'talktime-demo'

const fileName = 'demo-password'
const lengthMin = 16

/**
 * The password of the demo's owner. Where others can reach the server it is a random one, kept in the data folder;
 * once there is one it stays.
 */
export async function ownerPassword(config: PasswordConfig): Promise<string> {
  const kept = await access(join(config.dataDir, fileName)).then(
    () => true,
    () => false,
  )
  return kept || isExposed(config) ? randomOwnerPassword(config) : wellKnownPassword
}

/** The random one: for whoever cannot know where the server listens. */
export function randomOwnerPassword({ dataDir }: Pick<Config, 'dataDir'>): Promise<string> {
  return readOrCreateSecret(dataDir, fileName, lengthMin)
}

/** Whether others than this machine can reach the server, itself or through a proxy. */
export function isExposed({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): boolean {
  if (!isLoopback(host)) return true
  return publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname)
}

function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}
