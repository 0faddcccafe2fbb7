import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refuseWith } from '../../../test/llm-provider.ts'
import { type LlmWorld, openLlmWorld, platformKey } from '../../../test/llm-world.ts'

// Keys go in and never come out: after everything that is done with them they are looked for everywhere.

const secrets = ['sk-first-4f81d2c0a9', 'sk-second-77ab1e5f30', 'sk-azure-90cc12ff77', 'sk-wrong 5d1f02aa']

const logged: string[] = []
const log = pino(
  { level: 'trace' },
  new Writable({
    write(line, _encoding, done) {
      logged.push(String(line))
      done()
    },
  }),
)

/** Everything that was answered to anybody, heads and bodies. */
const answered: string[] = []

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({
    log,
    llmTimeouts: { firstByteMs: 500, wholeMs: 500, idleMs: 500, totalMs: 500 },
  })
})
afterAll(() => world.close())

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, key: string, body?: unknown) {
  const answer = await world.t.request(method, path, {
    key,
    ...(body !== undefined && { body }),
    ...(method === 'POST' && { idempotencyKey: `post-${answered.length}` }),
  })
  answered.push(answer.text, JSON.stringify(answer.headers))
  return answer
}

test('a stored key is found nowhere: not in answers, logs, the database, files or the API’s description', async () => {
  const [first = '', second = '', azure = '', wrong = ''] = secrets
  const agent = await world.agent()
  const { key } = agent
  const { id } = (await ask('POST', '/v1/llm-keys', key, { provider: 'openai', key: first })).body
  await ask('POST', '/v1/llm-keys', key, { provider: 'openai', key: first })
  await ask('POST', '/v1/llm-keys', key, { provider: 'groq', key: wrong })
  await ask('POST', '/v1/llm-keys', key, { provider: 'openai', key: first, baseUrl: first })
  await ask('POST', '/v1/llm-keys', key, { provider: first, key: first })
  await ask('POST', '/v1/llm-keys', key, `{"provider": "openai", "key": "${first}"`)
  const baseUrl = `${world.provider.address}/azure`
  await ask('POST', '/v1/llm-keys', key, { provider: 'azure_openai', key: azure, baseUrl })
  await ask('POST', `/v1/llm-keys/${id}/test`, key, {})
  await ask('PATCH', `/v1/llm-keys/${id}`, key, { key: second })
  await ask('PATCH', `/v1/llm-keys/${id}`, key, { key: wrong })

  // Providers that repeat what they were sent, that fail in every way, and that are asked for models.
  const chat = { model: 'agent', messages: [{ role: 'user' as const, content: 'Hi' }] }
  const client = world.client(agent)
  const attempts = [
    () => client.chat.completions.create(chat),
    () => client.chat.completions.create({ ...chat, stream: true }),
    () => client.models.list(),
  ]
  async function attempt(): Promise<void> {
    for (const one of attempts) {
      await one().then(
        (answer) => answered.push(JSON.stringify(answer)),
        (error: Error) => answered.push(String(error), JSON.stringify(error)),
      )
    }
    await ask('POST', `/v1/llm-keys/${id}/test`, key, {})
  }
  for (const status of [401, 402, 429, 500]) {
    world.provider.behave(refuseWith(status, `code_${second}`))
    await attempt()
  }
  world.provider.behave((_request, answer) => void answer.destroy())
  await attempt()
  world.provider.behave(() => {})
  await attempt()
  world.provider.reset()
  await ask('PATCH', '/v1/llm-settings', key, { fallbackToPlatform: true })
  world.provider.behave(refuseWith(401, 'no'))
  await attempt()
  await world.recorded(agent, 10)

  // Every address that can be read without naming anything, and those of the key.
  const { body: document } = await world.t.request<{ paths: Record<string, object> }>('GET', '/openapi.json')
  answered.push(JSON.stringify(document))
  const readable = Object.entries(document.paths).filter(
    ([path, item]) => 'get' in item && !path.includes('{'),
  )
  for (const [path] of readable) if (path !== '/v1/events') await ask('GET', path, key)
  for (const path of ['/metrics', '/v1/llm-usage', '/v1/llm-requests?failed=true'])
    await ask('GET', path, key)

  const { rows: tables } = await world.t.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  const stored: string[] = []
  for (const { name } of tables) {
    const { rows } = await world.t.database.query<{ text: string }>(`select t::text as text from "${name}" t`)
    stored.push(...rows.map(({ text }) => text))
  }
  const files = await readdir(world.t.dataDir, { recursive: true, withFileTypes: true })
  for (const file of files.filter((entry) => entry.isFile())) {
    stored.push(await readFile(join(file.parentPath, file.name), 'utf8'))
  }

  const everything = { answered, logged, stored }
  for (const [place, texts] of Object.entries(everything)) {
    expect(texts.length, place).toBeGreaterThan(3)
    const all = texts.join('\n')
    for (const secret of [...secrets, platformKey('openai'), platformKey('azure_openai')]) {
      const forms = [
        secret,
        Buffer.from(secret).toString('base64').replace(/=*$/, ''),
        Buffer.from(secret).toString('hex'),
      ]
      for (const form of forms) expect(all.includes(form), `${form} in what was ${place}`).toBe(false)
    }
  }
  // It was there to be found: the provider got it.
  expect(world.provider.requests.some(({ headers }) => headers.authorization === `Bearer ${second}`)).toBe(
    true,
  )
})
