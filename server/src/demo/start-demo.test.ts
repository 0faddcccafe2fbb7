import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrlOf } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { type Program, runServer, until, waitForOutput, waitForWelcome } from '../../test/start-server.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { verifyAll } from '../../test/world.ts'
import type { Database } from '../platform/database/database.ts'

// The real server in a process of its own and in real time. Each test continues where the one before it ended.

let database: Database
let drop: () => Promise<void>
let folder: { path: string; remove(): Promise<void> }
let program: Program | undefined

beforeAll(async () => {
  ;({ database, drop } = await testDatabase())
  folder = await temporaryFolder()
})
afterAll(async () => {
  program?.kill('SIGTERM')
  await program?.ended
  await drop()
  await folder.remove()
})

async function start(more: Record<string, string> = {}) {
  const settings = {
    DATABASE_URL: databaseUrlOf(database),
    TALKTIME_DATA_DIR: folder.path,
    TALKTIME_DEMO: 'on',
  }
  program = runServer({ ...settings, ...more })
  return waitForWelcome(program)
}

async function count(from: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`select count(*) from ${from}`)
  return rows[0]?.count ?? 0
}

async function signIn(address: string, password: string): Promise<Response> {
  return fetch(`${address}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ email: 'demo@talktime.example', password }),
  })
}

/** Open calls of the simulated voice stack. Those of the demo's campaign live on at the simulated carrier. */
const openCalls = () =>
  count(`calls where campaign_id is null and status in ('authorized', 'in_conversation')`)
const demoKeys = () => count(`api_keys where revoked_at_ms is null`)

describe('a server on an empty database', () => {
  test('responds at once, and leaves nothing behind if it is killed while it creates the demo', async () => {
    const server = await start()
    expect(server.stdout()).toContain('Creating a demo workspace with a year of calls')
    expect((await fetch(`${server.address}/healthz`)).status).toBe(200)
    expect(await count('workspaces')).toBe(0)
    server.kill('SIGKILL')
    await server.ended
    expect(await count('workspaces')).toBe(0)
  }, 60_000)

  test('creates the demo at the next start, and makes simulated calls in it', async () => {
    const server = await start()
    const password = await waitForOutput(server, /sign in as demo@talktime\.example with the password (\S+)/)
    const signedIn = await signIn(server.address, password)
    expect(await signedIn.json()).toMatchObject({ workspaces: [{ demo: true, role: 'owner' }] })
    const cookie = signedIn.headers
      .getSetCookie()
      .map((text) => text.split(';')[0])
      .join('; ')
    const live = await until(async () => {
      const answer = await fetch(`${server.address}/v1/calls?status=in_conversation`, { headers: { cookie } })
      const { data } = (await answer.json()) as { data: { externalId: string | null }[] }
      // Calls of the demo's campaign have no external id.
      const calls = data.filter(({ externalId }) => externalId !== null)
      return calls.length > 0 ? calls : undefined
    })
    expect(live[0]?.externalId).toMatch(/^sim-/)
    expect(await demoKeys()).toBe(1)
  }, 120_000)

  test('ends the simulated calls when it stops, and all balances add up', async () => {
    program?.kill('SIGTERM')
    expect(await program?.ended).toBe(0)
    expect(await openCalls()).toBe(0)
    expect(await demoKeys()).toBe(0)
    expect(
      await count(`calls where external_id like 'sim-%' and end_reason = 'voice_stack_stopped'`),
    ).toBeGreaterThan(0)
    expect(await verifyAll(database)).toEqual([])
  }, 60_000)

  test('changes the demo owner’s password once other machines can reach it, even with the demo switched off', async () => {
    const server = await start({ HOST: '0.0.0.0', TALKTIME_DEMO: 'off' })
    expect(server.stdout()).not.toContain('demo')
    expect((await signIn(server.address, 'talktime-demo')).status).toBe(401)
    server.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(await openCalls()).toBe(0)
  }, 60_000)

  test('prints the new password at the next start', async () => {
    const server = await start()
    const password = await waitForOutput(server, /sign in as demo@talktime\.example with the password (\S+)/)
    expect(password).not.toBe('talktime-demo')
    expect((await signIn(server.address, password)).status).toBe(200)
    server.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(await count('workspaces')).toBe(1)
  }, 60_000)
})
