import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refuseWith } from '../../../test/llm-provider.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld, platformKey } from '../../../test/llm-world.ts'

// After everything that can be done with keys, this test searches for them in everything that left the server.

const FIRST = 'sk-first-4f81d2c0a9'
const SECOND = 'sk-second-77ab1e5f30'
const AZURE = 'sk-azure-90cc12ff77'
// Not accepted as a key, because of its space.
const WRONG = 'sk-wrong 5d1f02aa'
const secrets = [FIRST, SECOND, AZURE, WRONG]

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

/** All answers, headers and bodies. */
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

test('no stored key appears in answers, logs, the database, files or the API’s description', async () => {
  const agent = await world.agent()
  const id = await saveKeys(agent.key)
  const useKeys = keyUser(agent, id)
  // Providers that repeat what they were sent, and that fail in every way.
  for (const status of [401, 402, 429, 500]) {
    world.provider.behave(refuseWith(status, `code_${SECOND}`))
    await useKeys()
  }
  world.provider.behave((_request, answer) => void answer.destroy())
  await useKeys()
  world.provider.behave(() => {})
  await useKeys()
  world.provider.reset()
  await ask('PATCH', '/v1/llm-settings', agent.key, { fallbackToPlatform: true })
  world.provider.behave(refuseWith(401, 'no'))
  await useKeys()
  await world.recorded(agent, 10)
  await readEveryAddress(agent.key)

  const stored = [...(await readTables()), ...(await readFiles())]
  for (const [place, texts] of Object.entries({ answered, logged, stored })) {
    expect(texts.length, place).toBeGreaterThan(3)
    const all = texts.join('\n')
    for (const form of [...secrets, platformKey('openai'), platformKey('azure_openai')].flatMap(formsOf))
      expect(all.includes(form), `${form} in what was ${place}`).toBe(false)
  }
  // The provider did get the key.
  expect(world.provider.requests.some(({ headers }) => headers.authorization === `Bearer ${SECOND}`)).toBe(
    true,
  )
})

/** Saves and changes keys, with and without mistakes. Returns the id of the OpenAI key. */
async function saveKeys(apiKey: string): Promise<string> {
  const { id } = (await ask('POST', '/v1/llm-keys', apiKey, { provider: 'openai', key: FIRST })).body
  await ask('POST', '/v1/llm-keys', apiKey, { provider: 'openai', key: FIRST })
  await ask('POST', '/v1/llm-keys', apiKey, { provider: 'groq', key: WRONG })
  await ask('POST', '/v1/llm-keys', apiKey, { provider: 'openai', key: FIRST, baseUrl: FIRST })
  await ask('POST', '/v1/llm-keys', apiKey, { provider: FIRST, key: FIRST })
  await ask('POST', '/v1/llm-keys', apiKey, `{"provider": "openai", "key": "${FIRST}"`)
  const baseUrl = `${world.provider.address}/azure`
  await ask('POST', '/v1/llm-keys', apiKey, { provider: 'azure_openai', key: AZURE, baseUrl })
  await ask('POST', `/v1/llm-keys/${id}/test`, apiKey, {})
  await ask('PATCH', `/v1/llm-keys/${id}`, apiKey, { key: SECOND })
  await ask('PATCH', `/v1/llm-keys/${id}`, apiKey, { key: WRONG })
  return id
}

/** Uses the OpenAI key in every way: whole answers, streams, the list of models, and a test of the key. */
function keyUser(agent: LlmAgent, id: string): () => Promise<void> {
  const chat = { model: 'agent', messages: [{ role: 'user' as const, content: 'Hi' }] }
  const client = world.client(agent)
  const uses = [
    () => client.chat.completions.create(chat),
    () => client.chat.completions.create({ ...chat, stream: true }),
    () => client.models.list(),
  ]
  return async () => {
    for (const use of uses) {
      await use().then(
        (answer) => answered.push(JSON.stringify(answer)),
        (error: Error) => answered.push(String(error), JSON.stringify(error)),
      )
    }
    await ask('POST', `/v1/llm-keys/${id}/test`, agent.key, {})
  }
}

/** Reads every address without parameters, and those about keys. */
async function readEveryAddress(apiKey: string): Promise<void> {
  const { body: document } = await world.t.request<{ paths: Record<string, object> }>('GET', '/openapi.json')
  answered.push(JSON.stringify(document))
  const readable = Object.entries(document.paths).filter(
    ([path, item]) => 'get' in item && !path.includes('{'),
  )
  for (const [path] of readable) if (path !== '/v1/events') await ask('GET', path, apiKey)
  for (const path of ['/metrics', '/v1/llm-usage', '/v1/llm-requests?failed=true'])
    await ask('GET', path, apiKey)
}

async function readTables(): Promise<string[]> {
  const { rows: tables } = await world.t.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await world.t.database.query<{ text: string }>(`select t::text as text from "${name}" t`)
    texts.push(...rows.map(({ text }) => text))
  }
  return texts
}

async function readFiles(): Promise<string[]> {
  const entries = await readdir(world.t.dataDir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('base64').replace(/=*$/, ''), bytes.toString('hex')]
}
