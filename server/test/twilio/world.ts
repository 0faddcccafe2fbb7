import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { virtualClock } from '../../src/platform/clock.ts'
import { newUuid } from '../../src/platform/ids.ts'
import { uuidFrom } from '../../src/public-ids.ts'
import type { DialOrder } from '../../src/voice/index.ts'
import { type Ask, type KeyedWorkspace, type TestAnswer, type TestApp, testApp, testNowMs } from '../app.ts'
import { closeInOrder, newAgent } from '../voice-stack.ts'
import type { FakeCall, TwilioCallback } from './fake-calls.ts'
import { type FakeTwilio, startFakeTwilio } from './fake-twilio.ts'

export const PUBLIC_URL = 'https://talktime.example.com'

type Sent = Readonly<Record<string, string>>

/** Talktime with calls through Twilio, and a fake Twilio. */
export type TwilioWorld = {
  readonly test: TestApp
  readonly twilio: FakeTwilio
  /** The first of two servers on one database, which gets all requests unless `via` names the other. */
  readonly app: TestApp['app']
  readonly request: Ask
  readonly other: Awaited<ReturnType<TestApp['addProcess']>>
  /** Makes a workspace with an agent whose calls are connected to `endpoint`. */
  addAgent(endpoint: string | null, options?: { planId?: string }): Promise<TwilioAgent>
  /** Sends a signed request as Twilio would. */
  send(callback: TwilioCallback, options?: { via?: Ask; token?: string; headers?: Sent }): Promise<TestAnswer>
  /** Calls the agent: Twilio asks Talktime what to do with the call. */
  callIn(
    agent: TwilioAgent,
    options?: { via?: Ask; from?: string },
  ): Promise<{ call: FakeCall; twiml: string }>
  /** Answers a placed call: Twilio asks Talktime what to do. Returns the TwiML. */
  connect(call: FakeCall, fields?: Sent): Promise<string>
  /** The request by which Twilio reports the agent's leg of an incoming call, at the address that the TwiML names. */
  createAgentCallback(call: FakeCall, twiml: string, fields: Sent): TwilioCallback
  createOrder(agent: TwilioAgent, fields?: Partial<DialOrder>): DialOrder
  /** Advances the clock and runs what is due on both servers. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

export type TwilioAgent = KeyedWorkspace & { readonly agentId: string; readonly phoneNumber: string }

export async function openTwilioWorld(): Promise<TwilioWorld> {
  const clock = virtualClock(testNowMs)
  const twilio = await startFakeTwilio(clock)
  const { accountSid, authToken, url: apiHost } = twilio
  const config = {
    publicUrl: PUBLIC_URL,
    voice: { outbound: 'twilio', twilio: { accountSid, authToken, apiHost, publicUrl: PUBLIC_URL } },
  } as const
  const test = await testApp({ clock, config })
  const { app, request } = test
  const other = await test.addProcess()
  let numbers = 0

  const send: TwilioWorld['send'] = (callback, { via = request, token = authToken, headers } = {}) =>
    sendSigned(via, callback, token, headers)
  const ask = (path: string, call: FakeCall, fields: Sent, via?: Ask) =>
    send(createRequest(accountSid, path, call, fields), via && { via })

  return {
    test,
    twilio,
    app,
    request,
    other,
    send,
    async addAgent(voiceEndpoint, options) {
      const workspace = await test.addWorkspace(options)
      numbers += 1
      const phoneNumber = `+4930901820${String(numbers).padStart(3, '0')}`
      const { body } = await request('POST', '/v1/agents', {
        key: workspace.key,
        body: { ...newAgent, phoneNumber, voiceEndpoint },
      })
      return { ...workspace, agentId: uuidFrom('agent', body.id) ?? '', phoneNumber }
    },
    async callIn({ phoneNumber }, { via = request, from } = {}) {
      const call = twilio.callIn(phoneNumber, from)
      const { text } = await ask(`${PUBLIC_URL}/voice/twilio/incoming`, call, {}, via)
      // An operator configures this address with the number.
      call.fields.set('StatusCallback', [`${PUBLIC_URL}/voice/twilio/status`])
      return { call, twiml: text }
    },
    async connect(call, fields = {}) {
      return (await ask(call.fields.get('Url')?.[0] ?? '', call, fields)).text
    },
    createAgentCallback,
    createOrder: ({ uuid, agentId }, fields = {}) => ({
      workspaceId: uuid,
      callId: newUuid(test.clock.now()),
      agentId,
      campaignId: null,
      to: '+14155550123',
      onVoicemail: 'talk',
      ...fields,
    }),
    async advance(ms) {
      clock.advance(ms)
      await Promise.all([app.runDue(), other.app.runDue()])
    },
    async close() {
      await closeInOrder(test)
      await twilio.close()
    },
  }
}

/** Posts a request to Talktime with Twilio's signature. */
function sendSigned(
  via: Ask,
  callback: TwilioCallback,
  token: string,
  headers: Sent = {},
): Promise<TestAnswer> {
  const { pathname, search } = new URL(callback.url)
  return via('POST', pathname + search, {
    body: new URLSearchParams(callback.fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': getExpectedTwilioSignature(token, callback.url, callback.fields),
      ...headers,
    },
  })
}

/** The request by which Twilio asks what to do with a call. */
function createRequest(accountSid: string, url: string, call: FakeCall, fields: Sent): TwilioCallback {
  return {
    url,
    fields: {
      AccountSid: accountSid,
      ApiVersion: '2010-04-01',
      CallSid: call.sid,
      CallStatus: call.status,
      Direction: call.direction,
      From: call.from,
      To: call.to,
      ...fields,
    },
  }
}

function createAgentCallback(call: FakeCall, twiml: string, fields: Sent): TwilioCallback {
  const url = /statusCallback="([^"]+)"/.exec(twiml)?.[1] ?? ''
  const sid = url.includes('/stream') ? { CallSid: call.sid } : { CallSid: 'CA1', ParentCallSid: call.sid }
  return { url, fields: { ...sid, ...fields } }
}
