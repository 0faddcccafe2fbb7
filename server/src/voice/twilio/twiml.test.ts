import fc from 'fast-check'
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { buildConnectTwiml, type Connection, HANG_UP_TWIML, REJECT_TWIML } from './twiml.ts'

/** Texts that XML can hold. */
const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})

const STATUS_URL = 'https://talktime.example.com/voice/twilio/agent?call=call_1'
const connection = (fields: Partial<Connection>): Connection => ({
  endpoint: 'wss://agent.example.com/talk',
  secondsMax: 14_400,
  parameters: {},
  answersWithAgent: false,
  ...fields,
})

/** Undoes the escapes that XML allows in attributes but does not require. Twilio's library leaves them out. */
const unescapeOptional = (xml: string) => xml.replaceAll('&#39;', "'").replaceAll('&gt;', '>')

test('a rejected call is busy', () => {
  const response = new VoiceResponse()
  response.reject({ reason: 'busy' })
  expect(REJECT_TWIML).toBe(response.toString())
})

test('a call is hung up', () => {
  const response = new VoiceResponse()
  response.hangup()
  expect(HANG_UP_TWIML).toBe(response.toString())
})

describe('a call is connected', () => {
  test('to a WebSocket with parameters of any text', () => {
    fc.assert(
      fc.property(fc.dictionary(printable, printable), fc.option(fc.webUrl()), (parameters, url) => {
        const response = new VoiceResponse()
        const endpoint = 'wss://agent.example.com/talk'
        const stream = response.connect().stream({ url: endpoint, ...(url && { statusCallback: url }) })
        for (const [name, value] of Object.entries(parameters)) stream.parameter({ name, value })
        const twiml = buildConnectTwiml(connection({ endpoint, parameters, statusUrl: url ?? undefined }))
        expect(unescapeOptional(twiml)).toBe(unescapeOptional(response.toString()))
      }),
      propertyRuns(60),
    )
  })

  test('to a SIP address that rings until it answers, with the time limit', () => {
    const response = new VoiceResponse()
    const dial = response.dial({ answerOnBridge: true, timeLimit: 3600 })
    const endpoint = 'sip:agent&co@pbx.example.com;transport=tls'
    dial.sip({ statusCallback: STATUS_URL, statusCallbackEvent: ['answered', 'completed'] }, endpoint)
    const written = buildConnectTwiml(
      connection({ endpoint, secondsMax: 3600, statusUrl: STATUS_URL, answersWithAgent: true }),
    )
    expect(written).toBe(response.toString())
  })

  test('to a number that sees the agent’s number', () => {
    const response = new VoiceResponse()
    response.dial({ timeLimit: 60, callerId: '+4930901820' }).number('+4930901821')
    const fields = { endpoint: '+4930901821', secondsMax: 60, callerId: '+4930901820' }
    expect(buildConnectTwiml(connection(fields))).toBe(response.toString())
  })
})
