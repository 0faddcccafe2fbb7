import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

async function connect(planId: string): Promise<VoiceStack> {
  const stack = await connectVoiceStack(t, { planId })
  await setAwaiting(stack, true)
  return stack
}

/** Sets whether an owner's address must be verified, as a sign-up and the link in its mail do. */
async function setAwaiting({ workspaceId }: VoiceStack, awaits: boolean): Promise<void> {
  await t.database.query(
    `update workspaces set awaits_verification = $2 where 'ws_' || replace(id::text, '-', '') = $1`,
    [workspaceId, awaits],
  )
}

test('200 email_unverified: no call starts on a plan without payment before the address is verified', async () => {
  const stack = await connect('free')
  const refused = await stack.start()
  expect(refused.status).toBe(200)
  expect(refused.body).toMatchObject({
    status: 'refused',
    refusal: { reason: 'email_unverified', detail: expect.stringContaining('sent again') },
  })
  const { lines } = await stack.batch([{ type: 'start', agentId: stack.agentId, direction: 'web' }])
  expect(lines).toMatchObject([{ status: 200, call: { refusal: { reason: 'email_unverified' } } }])
  await setAwaiting(stack, false)
  await stack.startedCall()
})

test('201: a plan with payment does not wait for it', async () => {
  await (await connect('growth')).startedCall()
})

test('201: after an upgrade the workspace no longer waits for it', async () => {
  const stack = await connect('free')
  expect((await stack.start()).body.refusal?.reason).toBe('email_unverified')
  const body = { planId: 'growth' }
  const options = { key: t.operatorKey, workspace: stack.workspaceId, body }
  expect((await t.request('POST', '/v1/subscription', options)).status).toBe(200)
  await stack.startedCall()
})
