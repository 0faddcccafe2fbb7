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

/** When a test's clock starts by default: an ordinary Sunday morning. */
export const testNowMs = Date.parse('2026-11-22T10:00:00.000Z')

/** The password of all people that {@link TestApp.signUp} creates. */
export const testPassword = 'correct horse'

export type TestRequest = {
  /** An API key. */
  readonly key?: string
  /** A session's cookie, as {@link cookieOf} reads it from a response. The request then comes from the dashboard. */
  readonly cookie?: string
  /** The workspace that the request names, as `ws_…`. */
  readonly workspace?: string
  readonly idempotencyKey?: string
  /** Sent as JSON. A string is sent unchanged. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The fields that tests read most often from a body. All others are unknown. */
export type TestBody = {
  readonly id: string
  readonly code: string
  readonly data: readonly TestBody[]
  readonly nextCursor: string | null
  readonly [field: string]: unknown
}

export type TestAnswer<Body = TestBody> = {
  readonly status: number
  /** The parsed body if it is JSON, otherwise undefined. */
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
  /** The data folder, to which mails are written. */
  readonly dataDir: string
  /** Creates another workspace with a key of its own. */
  addWorkspace(options?: WorkspaceOptions): Promise<KeyedWorkspace>
  /** Signs up a new person: with a workspace of their own on the Free plan, or in another one by an invitation's token. */
  signUp(options?: { name?: string; invitation?: string }): Promise<TestPerson>
  /** Opens another app on the same database, like a second server process. It is closed with this one. */
  addProcess(options?: ProcessOptions): Promise<{ app: App; request: Ask }>
  /** Call it in `afterAll`. */
  close(): Promise<void>
}

/** A person who is signed in. `workspaceId` is the first workspace of which they are a member. */
export type TestPerson = {
  readonly userId: string
  readonly email: string
  readonly cookie: string
  readonly workspaceId: string
}

/** Options of a second process that differ from those of the first one. */
export type ProcessOptions = Partial<Omit<AppOptions, 'config'>> & {
  readonly config?: Partial<AppOptions['config']>
}

type WorkspaceOptions = { readonly planId?: string; readonly timeZone?: string; readonly name?: string }

type TestAppOptions<TestClock extends Clock> = {
  readonly clock?: TestClock
  /** Of the first workspace. */
  readonly planId?: string
  readonly timeZone?: string
  readonly config?: Partial<AppOptions['config']>
} & Partial<
  Pick<
    AppOptions,
    | 'limits'
    | 'intervals'
    | 'simulated'
    | 'llmTimeouts'
    | 'log'
    | 'outbound'
    | 'webhookMsMax'
    | 'exportStalledMsMax'
  >
>

export type KeyedWorkspace = { readonly id: string; readonly uuid: string; readonly key: string }

/**
 * Opens the whole server on a database of its own and under a virtual clock, with the catalog, an operator's key and a
 * workspace. Chores run when a test calls `runDue`, and never by themselves unless `intervals` says so: the test decides
 * which of several processes acts, and when.
 */
export async function testApp<TestClock extends Clock = ReturnType<typeof virtualClock>>(
  options: TestAppOptions<TestClock> = {},
): Promise<TestApp<TestClock>> {
  const { clock: givenClock, planId, timeZone, config, ...appOptions } = options
  const { database, drop } = await testDatabase()
  const clock = (givenClock ?? virtualClock(testNowMs)) as TestClock
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
      verifyEmail: false,
      freeWorkspacesMax: 3,
      ...config,
    },
    log: createLog('silent'),
    intervals: false,
    ...appOptions,
  }
  const app = await createApp(base)
  const others: App[] = []
  const ask = createAsk(app)
  const operator = await createKey(database, { name: 'Operator', workspaceId: null }, clock.now())
  const addWorkspace = (workspace: WorkspaceOptions = {}) => createKeyedWorkspace(database, clock, workspace)
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
    signUp: createSignUp(ask),
    async addProcess(changes = {}) {
      const other = await createApp({ ...base, ...changes, config: { ...base.config, ...changes.config } })
      others.push(other)
      return { app: other, request: createAsk(other) }
    },
    async close() {
      await Promise.all([app, ...others].map((one) => one.close()))
      await drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function createKeyedWorkspace(
  database: Database,
  clock: Clock,
  { planId = 'growth', timeZone = 'UTC', name = 'Acme' }: WorkspaceOptions,
): Promise<KeyedWorkspace> {
  return database.transaction(async (tx) => {
    const uuid = await createWorkspace(tx, { name, timeZone, planId }, clock.now())
    const { key } = await createKey(tx, { name: 'Integration', workspaceId: uuid }, clock.now())
    return { id: publicId('workspace', uuid), uuid, key }
  })
}

/** An invitation is good for its address alone. */
async function chooseEmail(ask: Ask, own: string, invitation: string | undefined): Promise<string> {
  if (invitation === undefined) return own
  const { body } = await ask('GET', `/v1/invitations/lookup?token=${invitation}`)
  return String(body.email ?? own)
}

function createSignUp(ask: Ask): TestApp['signUp'] {
  let peopleCount = 0
  return async ({ name = 'Ada', invitation } = {}) => {
    peopleCount += 1
    const email = await chooseEmail(ask, `person${peopleCount}@example.com`, invitation)
    const body = { name, email, password: testPassword, ...(invitation !== undefined && { invitation }) }
    const answer = await ask<{ user: { id: string }; workspaces: { id: string }[] }>('POST', '/v1/sign-up', {
      body,
    })
    return {
      userId: answer.body.user.id,
      email,
      cookie: cookieOf(answer),
      workspaceId: answer.body.workspaces[0]?.id ?? '',
    }
  }
}

function createAsk(app: App): Ask {
  return async <Body>(method: Parameters<Ask>[0], path: string, options: TestRequest = {}) => {
    const { key, cookie, workspace, idempotencyKey, body, headers } = options
    const response = await app.server.inject({
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
    const isJson = /json/.test(String(response.headers['content-type'])) && response.payload !== ''
    return {
      status: response.statusCode,
      body: (isJson ? parseJson(response.payload) : undefined) as Body,
      text: response.payload,
      headers: response.headers,
    }
  }
}

/** Parses JSON. Returns undefined for other text, such as NDJSON with several lines. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads the session's cookie that a response sets, for the `cookie` of the next request. */
export function cookieOf(answer: { readonly headers: OutgoingHttpHeaders }): string {
  const cookies = [answer.headers['set-cookie'] ?? []].flat()
  return cookies.map((cookie) => String(cookie).split(';')[0]).join('; ')
}
