import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, cookieOf, type TestApp, testApp, testPassword } from '../../../test/app.ts'
import { deleteExpiredSignIns } from '../retention.ts'

let t: TestApp
let other: { readonly request: Ask }
beforeAll(async () => {
  t = await testApp()
  other = await t.addProcess()
})
afterAll(() => t.close())

let networks = 0
/** A network that nobody has used. */
const newNetwork = () => {
  networks += 1
  return `198.51.${Math.floor(networks / 250)}.${networks % 250}`
}

type From = { readonly network: string; readonly cookie?: string; readonly ask?: Ask }

const signIn = (email: string, password: string, { network, cookie, ask = t.request }: From) =>
  ask('POST', '/v1/sign-in', {
    body: { email, password },
    headers: { 'x-forwarded-for': network },
    ...(cookie !== undefined && { cookie }),
  })

const guess = (email: string, from: From) => signIn(email, 'a wrong guess', from)

async function guessUntilRefused(email: string, from: From): Promise<number> {
  for (let guesses = 0; guesses < 100; guesses += 1) {
    if ((await guess(email, from)).status === 429) return guesses
  }
  return 100
}

test('429: after five guesses at an account a network has to wait, longer each time', async () => {
  const { email } = await t.signUp()
  const network = newNetwork()
  expect(await guessUntilRefused(email, { network })).toBe(5)
  const waits: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const refused = await guess(email, { network })
    expect(refused.body).toMatchObject({ status: 429, code: 'too_many_requests' })
    const wait = Number(refused.headers['retry-after'])
    waits.push(wait)
    t.clock.advance(wait * SECOND_MS - 1)
    expect((await guess(email, { network })).status).toBe(429)
    t.clock.advance(1)
    expect((await guess(email, { network })).status).toBe(401)
  }
  expect(waits).toEqual([2, 4, 8, 16, 32])
})

test('all servers count together, and parallel guesses are counted before they are compared', async () => {
  const { email } = await t.signUp()
  const network = newNetwork()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      guess(email, { network, ask: index % 2 === 0 ? t.request : other.request }),
    ),
  )
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(7)
})

test('IPv6 is counted by /64', async () => {
  const { email } = await t.signUp()
  for (let host = 1; host <= 5; host += 1) {
    expect((await guess(email, { network: `2001:db8:7:7::${host}` })).status).toBe(401)
  }
  expect((await guess(email, { network: '2001:db8:7:7:ffff::1' })).status).toBe(429)
  expect((await guess(email, { network: '2001:db8:7:8::1' })).status).toBe(401)
})

test('a network that guesses at many accounts has to wait for all of them', async () => {
  const network = newNetwork()
  const statuses: number[] = []
  for (let index = 0; index < 31; index += 1) {
    statuses.push((await guess(`victim${index}@example.com`, { network })).status)
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(30)
  expect(statuses.at(-1)).toBe(429)
})

test('guesses from elsewhere do not keep the owner out of a browser that signed in before', async () => {
  const { email } = await t.signUp()
  const home = newNetwork()
  const before = await signIn(email, testPassword, { network: home })
  const device = cookieOf(before)
    .split('; ')
    .filter((cookie) => cookie.startsWith('talktime.device='))
    .join('')
  expect(device).not.toBe('')
  for (let index = 0; index < 40; index += 1) await guess(email, { network: newNetwork() })
  // In an unknown browser the account's own count now makes everybody wait, but never for more than a minute.
  const unknown = await signIn(email, testPassword, { network: newNetwork() })
  expect(unknown.status).toBe(429)
  expect(Number(unknown.headers['retry-after'])).toBeLessThanOrEqual(60)
  const known = await signIn(email, testPassword, { network: newNetwork(), cookie: device })
  expect(known.status).toBe(200)
})

test('a known browser has a limit of its own', async () => {
  const { email } = await t.signUp()
  const cookie = cookieOf(await signIn(email, testPassword, { network: newNetwork() }))
  expect(await guessUntilRefused(email, { network: newNetwork(), cookie })).toBe(10)
})

test.each([
  ['without its seal', (value: string) => value.split('.')[0] ?? ''],
  ['with another name', (value: string) => `x${value}`],
  [
    'with another person’s tag',
    (value: string) => `${value.split('.').slice(0, 2).join('.')}.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
])('a device cookie %s counts as none', async (_what, change) => {
  const { email } = await t.signUp()
  const signedIn = cookieOf(await signIn(email, testPassword, { network: newNetwork() }))
  const value = /talktime\.device=([^;]+)/.exec(signedIn)?.[1] ?? ''
  const from = { network: newNetwork(), cookie: `talktime.device=${change(value)}` }
  expect(await guessUntilRefused(email, from)).toBe(5)
})

test('one person’s browser has no advantage at another person’s account', async () => {
  const [owner, attacker] = [await t.signUp(), await t.signUp()]
  const cookie = cookieOf(await signIn(attacker.email, testPassword, { network: newNetwork() }))
  expect(await guessUntilRefused(owner.email, { network: newNetwork(), cookie })).toBe(5)
})

test('people who mistype before the right password are not counted against their network', async () => {
  const network = newNetwork()
  for (let index = 0; index < 12; index += 1) {
    const { email } = await t.signUp()
    for (let wrong = 0; wrong < 2; wrong += 1) expect((await guess(email, { network })).status).toBe(401)
    expect((await signIn(email, testPassword, { network })).status).toBe(200)
    t.clock.advance(2 * MINUTE_MS)
  }
})

test('429: a network can sign up a number of people an hour', async () => {
  const strict = await t.addProcess({
    limits: {
      signUp: { free: 3, forgivenAfterMs: 20 * MINUTE_MS, delayMs: MINUTE_MS, delayMsMax: 20 * MINUTE_MS },
    },
  })
  const network = newNetwork()
  const signUp = (index: number) =>
    strict.request('POST', '/v1/sign-up', {
      body: { name: 'Ada', email: `many${index}@example.com`, password: testPassword },
      headers: { 'x-forwarded-for': network },
    })
  for (let index = 0; index < 3; index += 1) expect((await signUp(index)).status).toBe(201)
  const refused = await signUp(3)
  expect(refused.status).toBe(429)
  expect(refused.headers['retry-after']).toBe('60')
})

test('429: invitation tokens cannot be guessed', async () => {
  const headers = { 'x-forwarded-for': newNetwork() }
  const statuses: number[] = []
  for (let index = 0; index < 61; index += 1) {
    statuses.push((await t.request('GET', `/v1/invitations/lookup?token=guess${index}`, { headers })).status)
  }
  expect(statuses.slice(0, 60).every((status) => status === 404)).toBe(true)
  expect(statuses.at(-1)).toBe(429)
})

test('no address is stored, and counts are deleted a day later', async () => {
  const network = newNetwork()
  await guess('trace@example.com', { network })
  const { rows } = await t.database.query<{ text: string }>(
    `select encode(key, 'escape') as text from sign_in_limits`,
  )
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.some(({ text }) => text.includes('trace') || text.includes(network))).toBe(false)
  await deleteExpiredSignIns(t.database, t.clock.now() + 25 * 60 * MINUTE_MS)
  expect((await t.database.query('select from sign_in_limits')).rows).toEqual([])
})
