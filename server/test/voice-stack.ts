import { expect } from 'vitest'
import type { CallResponse, ReceiptResponse } from '../src/calls/response-schemas.ts'
import type { Clock } from '../src/platform/clock.ts'
import type { Ask, TestAnswer, TestApp, TestBody, TestRequest } from './app.ts'
import { verifyAll } from './world.ts'

/** An amount as the API writes it. */
export const credits = (amount: number) => ({ milliseconds: amount * 60_000, credits: amount })
export const milliseconds = (amount: number) => ({ milliseconds: amount, credits: amount / 60_000 })

export type BalanceAnswer = {
  readonly asOf: string
  readonly balance: { milliseconds: number; credits: number }
  readonly overdraft: { milliseconds: number }
  readonly liveCalls: number
  readonly runsOutAt: string | null
  readonly status: 'ok' | 'low' | 'out'
  readonly [part: string]: unknown
}

/** One line of a batch's response. */
export type LineAnswer = {
  readonly line: number
  readonly status: number
  readonly call?: CallResponse
  readonly problem?: TestBody
}

/** A voice stack that reports its calls to the API, with the key of a workspace. */
export type VoiceStack = {
  readonly workspaceId: string
  readonly key: string
  readonly agentId: string
  /** Sends any request, with the workspace's key unless `options` has another. */
  readonly ask: Ask
  start(fields?: Record<string, unknown>, options?: TestRequest): Promise<TestAnswer<CallResponse>>
  /** Starts a call and expects it to be authorized. Returns its ID. */
  startedCall(fields?: Record<string, unknown>): Promise<string>
  /** Starts a call that is answered now. Returns its ID. */
  answeredCall(): Promise<string>
  /** Makes a call whose conversation lasted `ms` and ends now. Returns its ID. */
  talk(ms: number): Promise<string>
  answer(callId: string, atMs?: number): Promise<TestAnswer<CallResponse>>
  end(callId: string, atMs?: number, fields?: Record<string, unknown>): Promise<TestAnswer<CallResponse>>
  heartbeat(callId: string): Promise<TestAnswer<{ continue: boolean; balance: unknown; code: string }>>
  /** Grants or deducts credit as the operator. */
  grant(fields: object, options?: TestRequest): Promise<TestAnswer>
  /** Grants or deducts credit as the operator, and expects success. Returns the grant. */
  granted(fields: object): Promise<TestBody>
  /** Reads all transactions in pages of `limit`. Returns them oldest first. */
  transactions(limit?: number): Promise<TestBody[]>
  /** Reads what each transaction did to the balance, in credits, oldest first. */
  transactionAmounts(): Promise<[kind: unknown, credits: number][]>
  batch(events: readonly unknown[], options?: TestRequest): Promise<TestAnswer & { lines: LineAnswer[] }>
  receipt(callId: string): Promise<ReceiptResponse>
  balance(): Promise<BalanceAnswer>
}

/** Makes a workspace with an agent, and a voice stack for it. */
export async function connectVoiceStack(
  t: Pick<TestApp<Clock>, 'request' | 'addWorkspace' | 'clock' | 'operatorKey'>,
  workspace: { planId?: string; timeZone?: string; name?: string } = {},
): Promise<VoiceStack> {
  const { id: workspaceId, key } = await t.addWorkspace(workspace)
  const ask: Ask = (method, path, options = {}) => t.request(method, path, { key, ...options })
  const agent = await ask('POST', '/v1/agents', { body: newAgent })
  const agentId = agent.body.id
  const withAt = (atMs: number | undefined) => (atMs === undefined ? {} : { at: instant(atMs) })
  const start: VoiceStack['start'] = (fields, options) =>
    ask('POST', '/v1/calls', { body: { agentId, direction: 'inbound', ...fields }, ...options })
  const startedCall: VoiceStack['startedCall'] = async (fields) => {
    const { status, body } = await start(fields)
    expect({ status, body }).toMatchObject({ status: 201, body: { status: 'authorized' } })
    return body.id
  }
  const answer: VoiceStack['answer'] = (callId, atMs) =>
    ask('POST', `/v1/calls/${callId}/answer`, { body: withAt(atMs) })
  const end: VoiceStack['end'] = (callId, atMs, fields) =>
    ask('POST', `/v1/calls/${callId}/end`, { body: { ...withAt(atMs), ...fields } })
  const grant: VoiceStack['grant'] = (fields, options) =>
    t.request('POST', `/v1/workspaces/${workspaceId}/grants`, {
      key: t.operatorKey,
      body: { kind: 'promotional', reason: 'Welcome', ...fields },
      ...options,
    })
  return {
    workspaceId,
    key,
    agentId,
    ask,
    start,
    startedCall,
    answer,
    end,
    async answeredCall() {
      const callId = await startedCall()
      await answer(callId)
      return callId
    },
    async talk(ms) {
      const callId = await startedCall()
      await answer(callId, t.clock.now() - ms)
      await end(callId)
      return callId
    },
    grant,
    async granted(fields) {
      const { status, body } = await grant(fields)
      expect({ status, body }).toMatchObject({ status: 201 })
      return body
    },
    transactions: (limit = 200) => readTransactions(ask, limit),
    transactionAmounts: async () =>
      (await readTransactions(ask, 200)).map(({ kind, amount }) => [
        kind,
        (amount as { credits: number }).credits,
      ]),
    heartbeat: (callId) => ask('POST', `/v1/calls/${callId}/heartbeat`),
    batch: (events, options) => sendBatch(ask, events, options),
    receipt: async (callId) => (await ask<ReceiptResponse>('GET', `/v1/calls/${callId}`)).body,
    balance: async () => (await ask<BalanceAnswer>('GET', '/v1/balance')).body,
  }
}

/**
 * Saves a plan like Free, 30 credits and an hour for a call, on which live calls may finish below zero. Returns its id.
 */
export async function addPlanWithOverdraft(
  t: Pick<TestApp<Clock>, 'request' | 'operatorKey'>,
): Promise<string> {
  const planId = 'free_with_overdraft'
  const body = {
    name: 'Free with overdraft',
    price: { minor: 0, currency: 'USD' },
    monthlyCredits: 30,
    paid: false,
    overdraft: 'finish',
    features: {},
    limits: { concurrentCallsMax: 20, callDurationSecondsMax: 3_600, membersMax: 2 },
  }
  const { status } = await t.request('PUT', `/v1/plans/${planId}`, { key: t.operatorKey, body })
  expect(status).toBe(200)
  return planId
}

export const newAgent = { name: 'Reception', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }

export const instant = (atMs: number): string => new Date(atMs).toISOString()

async function readTransactions(ask: Ask, limit: number): Promise<TestBody[]> {
  const found: TestBody[] = []
  let cursor = ''
  do {
    const { body } = await ask('GET', `/v1/transactions?limit=${limit}${cursor}`)
    found.push(...body.data)
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
  } while (cursor !== '')
  return found.reverse()
}

/** @param events a string is sent as the line it is */
async function sendBatch(ask: Ask, events: readonly unknown[], options?: TestRequest) {
  const body = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))).join('\n')
  const headers = { 'content-type': 'application/x-ndjson' }
  const answer = await ask('POST', '/v1/calls/batch', { body, headers, ...options })
  return { ...answer, lines: parseLines(answer) }
}

function parseLines(answer: TestAnswer): LineAnswer[] {
  if (answer.status !== 200) return []
  return answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LineAnswer)
}

/** Call it in `afterAll`: expects that the books still verify after the file's tests, and closes the app. */
export async function closeInOrder(t: Pick<TestApp, 'database' | 'close'>): Promise<void> {
  try {
    expect(await verifyAll(t.database)).toEqual([])
  } finally {
    await t.close()
  }
}
