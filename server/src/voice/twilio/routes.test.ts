import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCalls } from '../../../test/twilio/incoming-calls.ts'
import { openTwilioWorld, PUBLIC_URL, type TwilioWorld } from '../../../test/twilio/world.ts'

const WEB_SOCKET = 'wss://agent.example.com/talk'

let world: TwilioWorld
beforeAll(async () => {
  world = await openTwilioWorld()
})
afterAll(() => world.close())

describe('a request that Twilio did not sign', () => {
  test.each(['incoming', 'outbound', 'status', 'agent', 'stream'])(
    '403: is refused at /voice/twilio/%s and learns nothing',
    async (path) => {
      const agent = await world.addAgent(WEB_SOCKET)
      const fields = { CallSid: 'CA1', From: '+14155550123', To: agent.phoneNumber, CallStatus: 'ringing' }
      const request = { url: `${PUBLIC_URL}/voice/twilio/${path}`, fields }
      const forged = [
        await world.send(request, { token: 'another' }),
        await world.send(request, { headers: { 'x-twilio-signature': '' } }),
        await world.send({ ...request, url: `http://talktime.example.com/voice/twilio/${path}` }),
        await world.request('POST', `/voice/twilio/${path}`, {
          body: new URLSearchParams(fields).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ]
      for (const { status, body, text } of forged) {
        expect(status).toBe(403)
        expect(body).toMatchObject({
          code: 'forbidden',
          detail: 'The request does not have a valid signature.',
        })
        expect(text).not.toContain(world.twilio.authToken)
        expect(text).not.toMatch(/twilio/i)
      }
      expect(await readCalls(world, agent)).toEqual([])
    },
  )
})

describe('a request that Twilio signed', () => {
  test('is accepted if Twilio signed the URL with its port', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const call = world.twilio.callIn(agent.phoneNumber)
    const fields = { CallSid: call.sid, From: call.from, To: call.to, CallStatus: 'ringing' }
    const url = 'https://talktime.example.com:443/voice/twilio/incoming'
    expect((await world.send({ url, fields })).text).toContain('<Connect>')
    await world.send({
      url: `${PUBLIC_URL}/voice/twilio/status`,
      fields: { ...fields, CallStatus: 'canceled' },
    })
  })

  test('415: is refused if it is not a form', async () => {
    const { status } = await world.request('POST', '/voice/twilio/incoming', { body: { CallSid: 'CA1' } })
    expect(status).toBe(415)
  })
})

test('404: without Twilio, its routes do not exist', async () => {
  const { request } = await world.test.addProcess({
    config: { voice: { outbound: 'simulated', twilio: undefined } },
  })
  const { status } = await request('POST', '/voice/twilio/incoming', { body: {} })
  expect(status).toBe(404)
})
