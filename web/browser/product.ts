import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createKey } from '../../server/src/access/index.ts'
import type { Database } from '../../server/src/platform/database/database.ts'
import { databaseUrlOf } from '../../server/test/command-line.ts'
import { testDatabase } from '../../server/test/database.ts'
import { startServer, waitForOutput } from '../../server/test/start-server.ts'
import { temporaryFolder } from '../../server/test/temporary-folder.ts'
import { launchBrowser } from './chromium.ts'

/**
 * The whole product as people use it: the real server with its dashboard, and a browser. Its database is on the
 * PostgreSQL that all tests share, ready in a moment; how it starts on its embedded one has tests of its own.
 */
export type Product = {
  readonly address: string
  /** For access to the database beside the server. */
  readonly database: Database
  /** Opens a browser context in which nobody is signed in. */
  visit(options?: BrowserContextOptions): Promise<Page>
  /** Call it in `afterAll`. */
  close(): Promise<void>
}

/**
 * @param settings beside those of every test. With TALKTIME_DEMO `on` it is open once the demo workspace has its year
 * of history.
 */
export async function openProduct(settings: Record<string, string> = {}): Promise<Product> {
  const folder = await temporaryFolder()
  const { database, drop } = await testDatabase()
  const places = { TALKTIME_DATA_DIR: folder.path, DATABASE_URL: databaseUrlOf(database) }
  const server = await startServer({ ...places, ...settings })
  const browser = await launchBrowser()
  if (settings.TALKTIME_DEMO === 'on') await waitForOutput(server, /Demo: sign in as/)
  return {
    address: server.address,
    database,
    visit: (options) => newPage(browser, server.address, options),
    async close() {
      await browser.close()
      server.kill('SIGTERM')
      await server.ended
      await drop()
      await folder.remove()
    },
  }
}

async function newPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: address,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 860 },
    ...options,
  })
  return context.newPage()
}

export const password = 'correct horse battery'

let people = 0

/** Makes a person with a new email address. */
export function makePerson(name = 'Ada Berger'): { name: string; email: string } {
  people += 1
  return { name, email: `person-${process.pid}-${people}@example.com` }
}

/** Signs up through the page and waits for the dashboard. */
export async function signUp(page: Page, person = makePerson(), workspaceName = 'Northwind Dental') {
  await page.goto('/sign-up')
  await page.getByLabel('Your name').fill(person.name)
  await page.getByLabel('Email').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByLabel('Workspace name').fill(workspaceName)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.waitForURL('**/live')
  return person
}

type Answer = { id: string } & Record<string, unknown>

/** Sends a request as the page would, with its session and origin. */
export async function asPage(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await page.evaluate(
    async (request) => {
      const { method } = request
      const body = method === 'GET' ? null : JSON.stringify(request.body ?? {})
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(request.path, { method, headers, body })
      return { ok: response.ok, text: await response.text() }
    },
    { method, path, body },
  )
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.text}`)
  return JSON.parse(answer.text) as Answer
}

export const newAgent = {
  name: 'Reception',
  language: 'de-DE',
  llmProvider: 'openai',
  llmModel: 'gpt-4.1-mini',
}

/** Sends a request as the operator, in the workspace of the page. */
export async function asOperator(product: Product, page: Page, method: string, path: string, body: object) {
  const { key } = await createKey(product.database, { name: 'Operator', workspaceId: null }, Date.now())
  const { id } = await asPage(page, 'GET', '/v1/workspace')
  const response = await fetch(`${product.address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'talktime-workspace': id,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Answer
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  return answer
}

/** Connects a voice stack to the workspace of the page, with a key that the operator made for it. */
export async function connectStack(product: Product, page: Page) {
  const { key } = await asOperator(product, page, 'POST', '/v1/keys', { name: 'Voice stack' })
  return voiceStack(product.address, String(key))
}

/** Makes a voice stack that reports its calls to the API with a workspace key. */
export function voiceStack(address: string, key: string) {
  return async (path: string, body: object = {}): Promise<Answer> => {
    const response = await fetch(`${address}/v1/calls${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as Answer
    if (!response.ok) throw new Error(`POST /v1/calls${path}: ${JSON.stringify(answer)}`)
    return answer
  }
}

/** Opens an invitation's link and creates the account that joins. */
export async function joinByInvitation(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.waitForURL('**/live')
}

/** Signs up a workspace with an agent and a voice stack. */
export async function workspaceWithCalls(product: Product, page: Page) {
  await signUp(page)
  const agent = await asPage(page, 'POST', '/v1/agents', newAgent)
  return { agentId: agent.id, stack: await connectStack(product, page) }
}

/** The instant some seconds ago, in the format of the API. */
export const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()
