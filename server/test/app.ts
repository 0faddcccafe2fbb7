import { mkdtemp, rm } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey } from '../src/access/index.ts'
import { type App, type AppOptions, createApp } from '../src/app.ts'
import { loadCatalog } from '../src/plans/index.ts'
import { type Clock, virtualClock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/database/database.ts'
import { createLog } from '../src/platform/log.ts'
import { publicId } from '../src/public-ids.ts'
import { quietConfig } from '../src/quiet-rooms.ts'
import { createWorkspace } from '../src/workspaces/index.ts'
import { testDatabase } from './database.ts'

/** When a test's clock starts, unless told: an ordinary Sunday morning. */
export const testNowMs = Date.parse('2026-11-22T10:00:00.000Z')

/** The password of everybody whom {@link TestApp.signUp} makes. */
export const testPassword = 'correct horse'

export type TestRequest = {
  /** An API key. */
  readonly key?: string
  /** A session's cookie, as {@link cookieOf} takes it from an answer. The request then comes from our own page. */
  readonly cookie?: string
  /** The workspace the request names, as `ws_…`. */
  readonly workspace?: string
  readonly idempotencyKey?: string
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What tests look at most in a body, by name; everything else is unknown. */
export type TestBody = {
  readonly id: string
  readonly code: string
  readonly data: readonly TestBody[]
  readonly nextCursor: string | null
  readonly [field: string]: unknown
}

export type TestAnswer<Body = TestBody> = {
  readonly status: number
  /** The JSON, where it was JSON. */
  readonly body: Body
  readonly text: string
  readonly headers: OutgoingHttpHeaders
}

/** Sends a request to an app without a network. */
export type Ask = <Body = TestBody>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS',
  path: string,
  options?: TestRequest,
) => Promise<TestAnswer<Body>>

export type TestApp<TestClock extends Clock = ReturnType<typeof virtualClock>> = {
  readonly app: App
  readonly database: Database
  readonly clock: TestClock
  readonly operatorKey: string
  /** A workspace on the plan `planId`, with a key of its own. */
  readonly workspaceId: string
  readonly workspaceUuid: string
  readonly workspaceKey: string
  readonly request: Ask
  /** The data folder, where mails are written to. */
  readonly dataDir: string
  /** Another workspace, with a key of its own. */
  addWorkspace(options?: { planId?: string; timeZone?: string; name?: string }): Promise<KeyedWorkspace>
  /** A new person with a workspace of their own on the plan Free, or in another by an invitation's token. */
  signUp(options?: { name?: string; invitation?: string }): Promise<TestPerson>
  /** A second server process, as it were, on the same database. It is closed with this one. */
  addProcess(options?: ProcessOptions): Promise<{ app: App; request: Ask }>
  /** Call it in `afterAll`. */
  close(): Promise<void>
}

/** Somebody who is signed in; `workspaceId` is the first workspace they are in. */
export type TestPerson = {
  readonly userId: string
  readonly email: string
  readonly cookie: string
  readonly workspaceId: string
}

/** What is different in a second process; settings that are not named are the first one's. */
export type ProcessOptions = Partial<Omit<AppOptions, 'config'>> & {
  readonly config?: Partial<AppOptions['config']>
}

export type KeyedWorkspace = { readonly id: string; readonly uuid: string; readonly key: string }

/**
 * The whole server on a database of its own, under a clock that stands still, with a catalogue, an operator's key and
 * a workspace.
 */
export async function testApp<TestClock extends Clock = ReturnType<typeof virtualClock>>(
  options: { clock?: TestClock; planId?: string; timeZone?: string } & Partial<
    Pick<
      AppOptions,
      'limits' | 'simulated' | 'llmTimeouts' | 'log' | 'outbound' | 'webhookMsMax' | 'exportStalledMsMax'
    >
  > & {
      config?: Partial<AppOptions['config']>
    } = {},
): Promise<TestApp<TestClock>> {
  const { database, drop } = await testDatabase()
  const clock = (options.clock ?? virtualClock(testNowMs)) as TestClock
  await loadCatalog(database)
  const dataDir = await mkdtemp(join(tmpdir(), 'talktime-'))
  const base = {
    database,
    clock,
    config: {
      ...quietConfig,
      stripe: undefined,
      dataDir,
      outboundAllow: [],
      ...options.config,
    },
    log: options.log ?? createLog('silent'),
    ...(options.limits && { limits: options.limits }),
    ...(options.simulated && { simulated: options.simulated }),
    ...(options.llmTimeouts && { llmTimeouts: options.llmTimeouts }),
    ...(options.outbound && { outbound: options.outbound }),
    ...(options.webhookMsMax && { webhookMsMax: options.webhookMsMax }),
    ...(options.exportStalledMsMax && { exportStalledMsMax: options.exportStalledMsMax }),
  }
  const app = await createApp(base)
  const others: App[] = []
  const ask = asker(app)
  let peopleCount = 0
  const operator = await createKey(database, { name: 'Operator', workspaceId: null }, clock.now())

  async function addWorkspace(workspace: { planId?: string; timeZone?: string; name?: string } = {}) {
    const { planId = 'growth', timeZone = 'UTC', name = 'Acme' } = workspace
    return database.transaction(async (tx) => {
      const uuid = await createWorkspace(tx, { name, timeZone, planId }, clock.now())
      const { key } = await createKey(tx, { name: 'Integration', workspaceId: uuid }, clock.now())
      return { id: publicId('workspace', uuid), uuid, key }
    })
  }

  const { planId, timeZone } = options
  const workspace = await addWorkspace({ ...(planId && { planId }), ...(timeZone && { timeZone }) })
  return {
    app,
    database,
    clock,
    operatorKey: operator.key,
    workspaceId: workspace.id,
    workspaceUuid: workspace.uuid,
    workspaceKey: workspace.key,
    request: ask,
    dataDir,
    addWorkspace,
    async signUp({ name = 'Ada', invitation } = {}) {
      peopleCount += 1
      const email = `person${peopleCount}@example.com`
      const answer = await ask<{ user: { id: string }; workspaces: { id: string }[] }>(
        'POST',
        '/v1/sign-up',
        {
          body: { name, email, password: testPassword, ...(invitation !== undefined && { invitation }) },
        },
      )
      return {
        userId: answer.body.user.id,
        email,
        cookie: cookieOf(answer),
        workspaceId: answer.body.workspaces[0]?.id ?? '',
      }
    },
    async addProcess(changes = {}) {
      const other = await createApp({ ...base, ...changes, config: { ...base.config, ...changes.config } })
      others.push(other)
      return { app: other, request: asker(other) }
    },
    async close() {
      await Promise.all([app, ...others].map((one) => one.close()))
      await drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function asker(app: App): Ask {
  return async <Body>(method: Parameters<Ask>[0], path: string, options: TestRequest = {}) => {
    const { key, cookie, workspace, idempotencyKey, body, headers } = options
    const answer = await app.server.inject({
      method,
      url: path,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(cookie !== undefined && { cookie, 'sec-fetch-site': 'same-origin' }),
        ...(workspace !== undefined && { 'talktime-workspace': workspace }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = /json/.test(String(answer.headers['content-type'])) && answer.payload !== ''
    return {
      status: answer.statusCode,
      body: (isJson ? safelyParsed(answer.payload) : undefined) as Body,
      text: answer.payload,
      headers: answer.headers,
    }
  }
}

/** NDJSON is no JSON as a whole. */
function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The session's cookie that an answer sets, for the next request's `cookie`. */
export function cookieOf(answer: { readonly headers: OutgoingHttpHeaders }): string {
  const cookies = [answer.headers['set-cookie'] ?? []].flat()
  return cookies.map((cookie) => String(cookie).split(';')[0]).join('; ')
}
