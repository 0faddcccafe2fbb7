import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { propertyRuns } from '../../core/test/property-runs.ts'
import { problemRegistry } from '../src/problem-registry.ts'
import { type TestApp, testApp, testNowMs } from './app.ts'
import { type ApiDocument, type RandomRequest, randomRequests } from './random-requests.ts'
import { closeInOrder, connectVoiceStack } from './voice-stack.ts'

let t: TestApp
let requests: fc.Arbitrary<RandomRequest>

beforeAll(async () => {
  t = await testApp()
  const stacks = [await connectVoiceStack(t), await connectVoiceStack(t, { timeZone: 'Asia/Kolkata' })]
  const calls = await Promise.all(stacks.flatMap((stack) => [stack.startedCall(), stack.answeredCall()]))
  const grants = await Promise.all(stacks.map((stack) => stack.granted({ credits: 3 })))
  const owner = await t.signUp()
  const { body: document } = await t.request<ApiDocument>('GET', '/openapi.json')
  requests = randomRequests({
    document,
    ids: [
      ...stacks.flatMap(({ workspaceId, agentId }) => [workspaceId, agentId]),
      ...calls,
      ...grants.map(({ id }) => id),
      owner.workspaceId,
      'growth',
      'credits_100',
    ],
    callers: [
      ...stacks.map(({ key }) => ({ key })),
      ...stacks.map(({ workspaceId }) => ({ key: t.operatorKey, workspace: workspaceId })),
      { key: t.operatorKey },
      { cookie: owner.cookie },
    ],
    nowMs: testNowMs,
    without: new Set([
      // The response never ends.
      'GET /v1/events',
      // Hashing passwords takes long.
      'POST /v1/sign-up',
      'POST /v1/sign-in',
      // With random amounts it would keep buying for hours.
      'PUT /v1/auto-reload',
      // Most later requests would fail after these.
      'POST /v1/sign-out',
      'POST /v1/account/sign-out-everywhere',
      'DELETE /v1/agents/{id}',
    ]),
  })
})
afterAll(() => closeInOrder(t))

/** Expects a success, or a problem that explains what to send instead. Never a server error. */
async function expectNoServerError({ method, path, options }: RandomRequest): Promise<void> {
  const { status, headers, body, text } = await t.request(method, path, options)
  expect(text).not.toMatch(/"code":"internal"/)
  expect(status).toBeLessThan(500)
  if (status < 400) return
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(problemRegistry).toHaveProperty(body.code, expect.objectContaining({ status }))
  expect(body.detail).toMatch(/^\S[\s\S]+[.!)…}]$/)
}

test('no request makes the server fail', async () => {
  await fc.assert(fc.asyncProperty(requests, expectNoServerError), propertyRuns(600))
}, 120_000)

test('no concurrent requests make the server fail', async () => {
  const many = fc.array(requests, { minLength: 20, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(many, async (all) => {
      await Promise.all(all.map(expectNoServerError))
    }),
    propertyRuns(10),
  )
}, 120_000)
