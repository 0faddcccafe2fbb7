import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../test/app.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import { newUuid } from '../platform/ids.ts'
import type { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { CallCommand } from './command.ts'

let t: TestApp
let gate: ReturnType<typeof createGate>
let busy: Awaited<ReturnType<TestApp['addProcess']>>
let flooding: Customer
let other: Customer

type Customer = KeyedWorkspace & { readonly agentId: string }

beforeAll(async () => {
  t = await testApp({ planId: 'enterprise' })
  gate = createGate()
  busy = await t.addProcess({ openPipeline: () => gate.pipeline(openPipeline(t.database)) })
  flooding = await addCustomer()
  other = await addCustomer()
})
afterAll(async () => {
  gate.open()
  await t.close()
})

/** Holds back every batch while it is closed, as a slow database would. */
function createGate() {
  let open = () => {}
  let opened: Promise<void> = Promise.resolve()
  return {
    open: () => open(),
    shut() {
      opened = new Promise((resolve) => {
        open = resolve
      })
    },
    pipeline: (real: Pipeline): Pipeline => ({
      transaction: async (work) => {
        await opened
        return real.transaction(work)
      },
      close: real.close,
    }),
  }
}

async function addCustomer(): Promise<Customer> {
  const workspace = await t.addWorkspace({ planId: 'enterprise' })
  const body = { name: 'Reception', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }
  const agent = await t.request('POST', '/v1/agents', { key: workspace.key, body })
  return { ...workspace, agentId: agent.body.id }
}

const startOf = ({ uuid, agentId }: Customer): CallCommand => ({
  type: 'start',
  workspaceId: uuid,
  callId: newUuid(t.clock.now()),
  agentId: uuidFrom('agent', agentId) ?? '',
  direction: 'outbound',
  from: null,
  to: null,
  externalId: null,
  atMs: null,
})

const submit = (command: CallCommand) =>
  busy.app.engine.submit(command).then(
    ({ outcome }) => outcome,
    (error: Problem) => error.code,
  )

const submitMany = (count: number) => Array.from({ length: count }, () => submit(startOf(flooding)))

test('a workspace that floods is refused at its share, and another one’s calls go on', async () => {
  gate.shut()
  const flood = submitMany(3_000)
  await new Promise(setImmediate)
  const one = busy.request('POST', '/v1/calls', {
    key: other.key,
    body: { agentId: other.agentId, direction: 'outbound' },
  })
  while (busy.app.engine.depth <= 1_024) await new Promise(setImmediate)
  gate.open()
  expect((await one).status).toBe(201)
  const outcomes = await Promise.all(flood)
  expect(new Set(outcomes)).toEqual(new Set(['call', 'overloaded']))
  const accepted = outcomes.filter((outcome) => outcome === 'call').length
  expect(accepted).toBe(1_024)
  const { body } = await t.request('GET', '/v1/balance', { key: flooding.key })
  expect(body.status).toBe('ok')
  const { rows } = await t.database.query<{ count: number }>(
    'select count(*) from calls where workspace_id = $1',
    [flooding.uuid],
  )
  expect(rows[0]?.count).toBe(accepted)
})

test('503: starts are refused while reports about live calls are still accepted', async () => {
  const live = startOf(flooding)
  expect(await submit(live)).toBe('call')
  gate.shut()
  const flood = submitMany(1_024)
  // The first batch goes to the database, and as many again may wait.
  while (busy.app.engine.depth === 0) await new Promise(setImmediate)
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  flood.push(...submitMany(1_024))
  const target = 'callId' in live ? { callId: live.callId } : { callId: '' }
  const about = { workspaceId: flooding.uuid, target, atMs: null, by: 'workspace' as const }
  const refused = await busy.request('POST', '/v1/calls', {
    key: flooding.key,
    body: { agentId: flooding.agentId, direction: 'outbound' },
  })
  expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
    503,
    'overloaded',
    '1',
  ])
  const answered = submit({ type: 'answer', ...about })
  const ended = submit({ type: 'end', ...about, reason: null })
  gate.open()
  expect([await answered, await ended]).toEqual(['call', 'call'])
  await Promise.all(flood)
})

test('503: a batch is accepted whole or not at all, and its key is not used up', async () => {
  const body = Array.from({ length: 900 }, () =>
    JSON.stringify({ type: 'start', agentId: flooding.agentId, direction: 'outbound' }),
  ).join('\n')
  const send = () =>
    busy.request('POST', '/v1/calls/batch', {
      key: flooding.key,
      idempotencyKey: 'batch-1',
      body,
      headers: { 'content-type': 'application/x-ndjson' },
    })
  gate.shut()
  const flood = submitMany(700)
  const refused = await send()
  expect([refused.status, refused.body.code]).toEqual([503, 'overloaded'])
  gate.open()
  await Promise.all(flood)
  const accepted = await send()
  expect([accepted.status, accepted.headers['idempotent-replayed']]).toEqual([200, undefined])
  expect(accepted.text.match(/"status":201/g)).toHaveLength(900)
})
