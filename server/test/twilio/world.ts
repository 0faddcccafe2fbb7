import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { virtualClock } from '../../src/platform/clock.ts'
import { newUuid, uuidFrom } from '../../src/platform/ids.ts'
import type { DialOrder } from '../../src/voice/index.ts'
import { type Ask, type KeyedWorkspace, type TestAnswer, type TestApp, testApp, testNowMs } from '../app.ts'
import { closeInOrder, newAgent } from '../voice-stack.ts'
import { type FakeCall, type FakeTwilio, startFakeTwilio, type TwilioCallback } from './fake-twilio.ts'

export const publicUrl = 'https://talktime.example.com'

type Sent = Readonly<Record<string, string>>

/** Talktime with calls through Twilio, and Twilio. */
export type TwilioWorld = {
  readonly test: TestApp
  readonly twilio: FakeTwilio
  /** Two servers on one database, one of them asked unless told. */
  readonly app: TestApp['app']
  readonly request: Ask
  readonly other: Awaited<ReturnType<TestApp['addProcess']>>
  /** A workspace with an agent whose calls are connected to `endpoint`. */
  agentAt(endpoint: string | null, options?: { planId?: string }): Promise<TwilioAgent>
  /** Twilio tells or asks something, signed. */
  tell(told: TwilioCallback, options?: { via?: Ask; token?: string; headers?: Sent }): Promise<TestAnswer>
  /** Somebody calls the agent, and Twilio asks what to do. */
  callIn(
    agent: TwilioAgent,
    options?: { via?: Ask; from?: string },
  ): Promise<{ call: FakeCall; twiml: string }>
  /** Somebody answered the call that was placed, and Twilio asks what to do. */
  connect(call: FakeCall, fields?: Sent): Promise<string>
  /** What the agent's end of a call that came in does: the address stands in the TwiML. */
  agentCallback(call: FakeCall, twiml: string, fields: Sent): TwilioCallback
  order(agent: TwilioAgent, fields?: Partial<DialOrder>): DialOrder
  /** Lets time pass, and does what is due then. */
  after(ms: number): Promise<void>
  close(): Promise<void>
}

export type TwilioAgent = KeyedWorkspace & { readonly agentId: string; readonly phoneNumber: string }

export async function twilioWorld(): Promise<TwilioWorld> {
  const clock = virtualClock(testNowMs)
  const twilio = await startFakeTwilio(clock)
  const { accountSid, authToken, url: apiHost } = twilio
  const config = {
    publicUrl,
    voice: { outbound: 'twilio', twilio: { accountSid, authToken, apiHost, publicUrl } },
  } as const
  const test = await testApp({ clock, config })
  const { app, request } = test
  const other = await test.addProcess()
  let numbers = 0

  const tell: TwilioWorld['tell'] = (told, { via = request, token = authToken, headers } = {}) => {
    const { pathname, search } = new URL(told.url)
    return via('POST', pathname + search, {
      body: new URLSearchParams(told.fields).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': getExpectedTwilioSignature(token, told.url, told.fields),
        ...headers,
      },
    })
  }

  const asks = (path: string, call: FakeCall, fields: Sent): TwilioCallback => ({
    url: path,
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
  })

  return {
    test,
    twilio,
    app,
    request,
    other,
    tell,
    async agentAt(voiceEndpoint, options) {
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
      const { text } = await tell(asks(`${publicUrl}/voice/twilio/incoming`, call, {}), { via })
      // As it is set up with the number, once for all calls.
      call.fields.set('StatusCallback', [`${publicUrl}/voice/twilio/status`])
      return { call, twiml: text }
    },
    async connect(call, fields = {}) {
      return (await tell(asks(call.fields.get('Url')?.[0] ?? '', call, fields))).text
    },
    agentCallback(call, twiml, fields) {
      const url = /statusCallback="([^"]+)"/.exec(twiml)?.[1] ?? ''
      const sid = url.includes('/stream')
        ? { CallSid: call.sid }
        : { CallSid: 'CA1', ParentCallSid: call.sid }
      return { url, fields: { ...sid, ...fields } }
    },
    order: ({ uuid, agentId }, fields = {}) => ({
      workspaceId: uuid,
      callId: newUuid(test.clock.now()),
      agentId,
      campaignId: null,
      to: '+14155550123',
      onVoicemail: 'talk',
      ...fields,
    }),
    async after(ms) {
      clock.advance(ms)
      await Promise.all([app.runDue(), other.app.runDue()])
    },
    async close() {
      await closeInOrder(test)
      await twilio.close()
    },
  }
}
