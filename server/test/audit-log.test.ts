import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestAnswer, TestRequest } from './app.ts'
import { type AuditedAction, auditedActions, unauditedRoutes } from './audited-actions.ts'
import { type AuditedWorkspace, openAuditedWorkspace } from './audited-workspace.ts'
import { closeInOrder } from './voice-stack.ts'

type Entry = {
  readonly id: string
  readonly action: string
  readonly actor_kind: string
  readonly ip: string | null
  readonly user_agent: string | null
}

let w: AuditedWorkspace
beforeAll(async () => {
  w = await openAuditedWorkspace()
})
afterAll(() => closeInOrder(w.t))

async function readEntries(): Promise<Entry[]> {
  return (await w.t.database.query<Entry>('select * from audit_log')).rows
}

/** Does something, and returns its answer with the entries that were added meanwhile. */
async function watch(act: () => Promise<TestAnswer>): Promise<{ answer: TestAnswer; added: Entry[] }> {
  const known = new Set((await readEntries()).map(({ id }) => id))
  const answer = await act()
  return { answer, added: (await readEntries()).filter(({ id }) => !known.has(id)) }
}

test('every route that changes something writes to the audit log, or a reason says why it does not', async () => {
  const { body } = await w.t.request<{ paths: Record<string, Record<string, unknown>> }>(
    'GET',
    '/openapi.json',
  )
  const changing = Object.entries(body.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => method !== 'get')
      .map((method) => `${method.toUpperCase()} ${path}`),
  )
  const known = [...auditedActions.map(({ route }) => route), ...Object.keys(unauditedRoutes)]
  expect([...new Set(known)].sort()).toEqual(changing.sort())
})

test.each(auditedActions.map((audited) => [`${audited.route}: ${audited.action}`, audited] as const))(
  '%s, with who did it and where from',
  async (_name, { action, by, act }: AuditedAction) => {
    const { answer, added } = await watch(() => act(w))
    expect([answer.status < 300, answer.text]).toEqual([true, answer.text])
    expect(added).toContainEqual(
      expect.objectContaining({ action, actor_kind: by, ip: '127.0.0.1', user_agent: 'Audited/1.0' }),
    )
  },
)

test('no secret is in the log', async () => {
  expect(w.secrets.size).toBeGreaterThan(5)
  const { rows } = await w.t.database.query<{ text: string }>(
    `select string_agg(a::text, chr(10)) as text from audit_log a`,
  )
  const leaked = [...w.secrets].filter((secret) => rows[0]?.text.includes(secret))
  expect(leaked).toEqual([])
})

test.each<[string, unknown]>([
  ['/v1/agents', { name: 'A', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }],
  ['/v1/purchases', { packageId: 'credits_100', quantity: 3 }],
  ['/v1/invitations', { email: 'zoe@example.com', role: 'member' }],
])('POST %s that is repeated under its Idempotency-Key writes one entry', async (path, body) => {
  const more: TestRequest = { idempotencyKey: `audit ${path}`.replaceAll(' ', '-') }
  const first = await watch(() => w.asOwner('POST', path, body, more))
  expect([first.answer.status, first.added.length > 0]).toEqual([201, true])
  const repeated = await watch(() => w.asOwner('POST', path, body, more))
  expect(repeated.answer.headers['idempotent-replayed']).toBe('true')
  expect(repeated.added).toEqual([])
})

test('a change to what is already so writes nothing, and neither does a request that is refused', async () => {
  const { added: unchanged } = await watch(() => w.asOwner('PATCH', '/v1/workspace', { name: 'Renamed' }))
  expect(unchanged).toEqual([])
  const { answer, added } = await watch(() => w.asOwner('PATCH', '/v1/workspace', { timeZone: 'Mars/Base' }))
  expect([answer.status, added]).toEqual([400, []])
})
