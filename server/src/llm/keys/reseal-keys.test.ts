import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../../test/command-line.ts'
import { type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'
import { createWebhookSecrets } from '../../alerts/webhooks/webhook-secrets.ts'
import { uuidFrom } from '../../public-ids.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())

const SECRET_BEFORE = 'the first secret for tests, long enough'
const SECRET_AFTER = 'the next secret for tests, long enough'

test('the secret can be changed while servers run, and the command encrypts stored keys with the new one', async () => {
  const { database } = world.t
  const agent = await world.agent()
  const lost = await world.agent()
  const earlier = await world.t.addProcess({ config: { secret: SECRET_BEFORE } })
  for (const { key } of [agent, lost]) {
    const body = { provider: 'openai', key: 'own-secret-key-1234' }
    expect((await earlier.request('POST', '/v1/llm-keys', { key, body })).status).toBe(201)
  }
  await database.query(`update llm_keys set sealed_key = 'x.y.z.w' where workspace_id = $1`, [
    lost.workspace.uuid,
  ])
  const webhook = await earlier.request('POST', '/v1/webhooks', {
    key: agent.key,
    body: { url: `${world.provider.address}/hook` },
  })
  expect(webhook.status).toBe(201)
  const readSealed = async () => {
    const { rows } = await database.query<{ key: string; secret: string }>(
      `select k.sealed_key as key, h.sealed_secret as secret
       from llm_keys k join webhooks h using (workspace_id) where workspace_id = $1`,
      [agent.workspace.uuid],
    )
    return rows[0]
  }
  const between = await world.t.addProcess({
    config: { secret: SECRET_AFTER, secretPrevious: SECRET_BEFORE },
  })
  const later = await world.t.addProcess({ config: { secret: SECRET_AFTER } })
  const keys = (await world.t.request('GET', '/v1/llm-keys', { key: agent.key })).body
  const testKey = async (process: typeof earlier) =>
    (await process.request('POST', `/v1/llm-keys/${keys.data[0]?.id}/test`, { key: agent.key, body: {} }))
      .body
  expect(await testKey(between)).toMatchObject({ outcome: 'accepted' })
  expect(await testKey(later)).toMatchObject({ code: 'llm_key_unreadable' })

  const first = await readSealed()
  const rotate = (secret: string, previous: string) =>
    talktime(['secrets', 'rotate'], {
      DATABASE_URL: databaseUrlOf(database),
      TALKTIME_SECRET: secret,
      TALKTIME_SECRET_PREVIOUS: previous,
    })
  expect(await rotate(SECRET_AFTER, SECRET_BEFORE)).toEqual({
    code: 1,
    stdout: [
      `The LLM key of ${lost.workspace.id} ${await readKeyId(lost)} cannot be decrypted with either secret.`,
      '1 LLM key is encrypted with the current secret.',
      '1 webhook secret is encrypted with the current secret.',
      '0 second factors are encrypted with the current secret.',
      '',
    ].join('\n'),
    stderr: '',
  })
  const second = await readSealed()
  expect([second?.key === first?.key, second?.secret === first?.secret]).toEqual([false, false])
  const webhookSecrets = createWebhookSecrets({ secret: SECRET_AFTER })
  const ref = { workspaceId: agent.workspace.uuid, id: uuidFrom('webhook', webhook.body.id) ?? '' }
  expect(webhookSecrets.open(second?.secret ?? '', ref)).toBe(webhook.body.secret)
  expect(await testKey(later)).toMatchObject({ outcome: 'accepted' })
  expect(await testKey(between)).toMatchObject({ outcome: 'accepted' })

  await database.query('delete from llm_keys where workspace_id = $1', [lost.workspace.uuid])
  expect(await rotate(SECRET_AFTER, '')).toMatchObject({ code: 0 })
  expect((await readSealed())?.key).toBe(second?.key)
})

async function readKeyId({ key }: { key: string }): Promise<string> {
  return (await world.t.request('GET', '/v1/llm-keys', { key })).body.data[0]?.id ?? ''
}
