import fc from 'fast-check'
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { type Connection, connected, hungUp, rejected } from './twiml.ts'

// Twilio's own library writes the same.

/** What XML can hold. */
const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})

const statusUrl = 'https://talktime.example.com/voice/twilio/agent?call=call_1'
const connection = (fields: Partial<Connection>): Connection => ({
  endpoint: 'wss://agent.example.com/talk',
  secondsMax: 14_400,
  told: {},
  answersWithAgent: false,
  ...fields,
})

test('a call that is turned away is rejected as busy, before anything else', () => {
  const response = new VoiceResponse()
  response.reject({ reason: 'busy' })
  expect(rejected).toBe(response.toString())
})

test('a call is hung up', () => {
  const response = new VoiceResponse()
  response.hangup()
  expect(hungUp).toBe(response.toString())
})

describe('a call is connected', () => {
  test('to a WebSocket, which is told whose call it is, whatever is in the texts', () => {
    fc.assert(
      fc.property(fc.dictionary(printable, printable), fc.option(fc.webUrl()), (told, url) => {
        const response = new VoiceResponse()
        const endpoint = 'wss://agent.example.com/talk'
        const stream = response.connect().stream({ url: endpoint, ...(url && { statusCallback: url }) })
        for (const [name, value] of Object.entries(told)) stream.parameter({ name, value })
        expect(connected(connection({ endpoint, told, statusUrl: url ?? undefined }))).toBe(
          response.toString(),
        )
      }),
      propertyRuns(60),
    )
  })

  test('to a SIP address, ringing until it answers, with the time limit', () => {
    const response = new VoiceResponse()
    const dial = response.dial({ answerOnBridge: true, timeLimit: 3600 })
    const endpoint = 'sip:agent&co@pbx.example.com;transport=tls'
    dial.sip({ statusCallback: statusUrl, statusCallbackEvent: ['answered', 'completed'] }, endpoint)
    const written = connected(connection({ endpoint, secondsMax: 3600, statusUrl, answersWithAgent: true }))
    expect(written).toBe(response.toString())
  })

  test('to a number, which sees the agent’s', () => {
    const response = new VoiceResponse()
    response.dial({ timeLimit: 60, callerId: '+4930901820' }).number('+4930901821')
    const fields = { endpoint: '+4930901821', secondsMax: 60, callerId: '+4930901820' }
    expect(connected(connection(fields))).toBe(response.toString())
  })
})
