import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ config: { freeWorkspacesMax: 3 } })
})
afterAll(() => t.close())

const refused = { status: 403, code: 'too_many_free_workspaces' }

/** Invites a person into a new workspace, whose owner signs up for that. Returns the invitation's token. */
async function invite(email: string, role: string): Promise<{ token: string; owner: TestPerson }> {
  const owner = await t.signUp()
  const { body } = await t.request('POST', '/v1/invitations', { cookie: owner.cookie, body: { email, role } })
  return { token: new URL(String(body.url)).searchParams.get('token') ?? '', owner }
}

async function join(person: TestPerson, role: string) {
  const { token, owner } = await invite(person.email, role)
  const body = { token }
  return { owner, answer: await t.request('POST', '/v1/invitations/accept', { cookie: person.cookie, body }) }
}

/** Signs up a person, who owns one workspace, and makes them an owner of two more. */
async function createOwnerOfThree(): Promise<TestPerson> {
  const person = await t.signUp()
  for (let index = 0; index < 2; index += 1) expect((await join(person, 'owner')).answer.status).toBe(200)
  return person
}

describe('a person who owns three workspaces on plans without payment', () => {
  test('403: does not become an owner of a fourth one, and may be an admin', async () => {
    const person = await createOwnerOfThree()
    const { answer } = await join(person, 'owner')
    expect(answer.body).toMatchObject(refused)
    expect((await join(person, 'admin')).answer.status).toBe(200)
  })

  test('403: is not made an owner by another owner either, only by the operator', async () => {
    const person = await createOwnerOfThree()
    const { owner, answer } = await join(person, 'admin')
    expect(answer.status).toBe(200)
    const path = `/v1/members/${person.userId}`
    const body = { role: 'owner' }
    const asOwner = await t.request('PATCH', path, { cookie: owner.cookie, body })
    expect(asOwner.body).toMatchObject(refused)
    const options = { key: t.operatorKey, workspace: owner.workspaceId, body }
    expect((await t.request('PATCH', path, options)).status).toBe(200)
  })

  test('200: becomes an owner of one on a paid plan, and of another after an upgrade', async () => {
    const person = await createOwnerOfThree()
    const { token, owner } = await invite(person.email, 'owner')
    const upgrade = (workspace: string) =>
      t.request('POST', '/v1/subscription', { key: t.operatorKey, workspace, body: { planId: 'growth' } })
    expect((await upgrade(owner.workspaceId)).status).toBe(200)
    const accept = { cookie: person.cookie, body: { token } }
    expect((await t.request('POST', '/v1/invitations/accept', accept)).status).toBe(200)
    expect((await upgrade(person.workspaceId)).status).toBe(200)
    expect((await join(person, 'owner')).answer.status).toBe(200)
  })

  test('403: becomes an owner of one at a time', async () => {
    const person = await t.signUp()
    const invited = await Promise.all(Array.from({ length: 5 }, () => invite(person.email, 'owner')))
    const answers = await Promise.all(
      invited.map(({ token }) =>
        t.request('POST', '/v1/invitations/accept', { cookie: person.cookie, body: { token } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403, 403])
  })
})
