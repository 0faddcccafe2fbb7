import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp } from '../../test/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

test('201: signing up makes an account and a workspace on the plan Free, and signs in', async () => {
  const answer = await t.request('POST', '/v1/sign-up', {
    body: { name: 'Ada', email: 'Ada@Example.com', password: 'correct horse', timeZone: 'Asia/Kolkata' },
  })
  expect(answer.body).toMatchObject({
    user: { name: 'Ada', email: 'ada@example.com' },
    workspaces: [{ name: 'Ada’s workspace', role: 'owner', demo: false }],
  })
  expect(answer.status).toBe(201)
  const session = await t.request('GET', '/v1/session', { cookie: cookieOf(answer) })
  expect(session.body).toEqual(answer.body)
  const workspace = await t.request('GET', '/v1/workspace', { cookie: cookieOf(answer) })
  expect(workspace.body).toMatchObject({ planId: 'free', timeZone: 'Asia/Kolkata', role: 'owner' })
})
