import { createKey } from '../../../server/src/access/index.ts'
import { systemClock } from '../../../server/src/platform/clock.ts'
import { publicId } from '../../../server/src/public-ids.ts'
import { ask, createCampaign } from './api.ts'
import type { AttackWorld } from './world.ts'

/** The ids of a workspace's things, by the segment of the path under which the API has them. */
export type Things = Readonly<Record<string, string>>

/** Creates one thing of each kind in the first workspace of a world. */
export async function createThings({ database, servers, workspaces }: AttackWorld): Promise<Things> {
  const [victim] = workspaces
  const [server] = servers
  if (victim === undefined || server === undefined) throw new Error('There is no workspace')
  const { port } = server
  const { key, agentId } = victim.caller
  const create = async (path: string, body: object): Promise<string> => {
    const made = await ask<{ id: string }>(port, key, 'POST', path, body)
    if (made.status !== 201) throw new Error(`POST ${path}: ${made.status} ${JSON.stringify(made.body)}`)
    return made.body.id
  }
  const nowMs = systemClock.now()
  const spare = await createKey(database, { name: 'Spare', workspaceId: victim.workspaceId }, nowMs)
  return {
    workspaces: publicId('workspace', victim.workspaceId),
    agents: agentId,
    calls: await create('/v1/calls', { agentId, direction: 'outbound' }),
    campaigns: await createCampaign(port, key, agentId),
    webhooks: await create('/v1/webhooks', { url: 'https://example.com/hook' }),
    'payment-methods': await create('/v1/payment-methods', { testCard: 'success' }),
    purchases: await create('/v1/purchases', { packageId: 'credits_100', quantity: 1 }),
    'llm-keys': await create('/v1/llm-keys', { provider: 'openai', key: 'sk-0123456789abcdef0123' }),
    keys: publicId('key', spare.row.id),
    plans: 'growth',
    packages: 'credits_100',
  }
}
