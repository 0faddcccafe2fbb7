import fc from 'fast-check'
import { getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { isSignedByTwilio } from './signature.ts'

const token = '0123456789abcdef0123456789abcdef'
const url = 'https://talktime.example.com/voice/twilio/incoming?call=call_1'
const fields = { CallSid: 'CA1', From: '+14155550123', To: '+4930901820', CallStatus: 'ringing' }
const signature = getExpectedTwilioSignature(token, url, fields)
const isSigned = (given: string, address = url, form: Record<string, string> = fields, secret = token) =>
  isSignedByTwilio(secret, given, address, new URLSearchParams(form))

describe('a signature', () => {
  test('fits what Twilio’s own library signed, whatever the fields', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })),
        fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] }),
        (form, address) => {
          const signed = getExpectedTwilioSignature(token, address, form)
          expect(isSigned(signed, address, form)).toBe(true)
          expect(isSigned(signed, address, { ...form, one: 'more' })).toBe(false)
        },
      ),
      propertyRuns(100),
    )
  })

  test('fits several values of a name as Twilio’s own library takes them', () => {
    const signed = getExpectedTwilioSignature(token, url, { StatusCallbackEvent: ['b', 'a', 'b'] })
    const form = new URLSearchParams([
      ['StatusCallbackEvent', 'b'],
      ['StatusCallbackEvent', 'a'],
      ['StatusCallbackEvent', 'b'],
    ])
    expect(isSignedByTwilio(token, signed, url, form)).toBe(true)
  })

  test.each([
    'https://talktime.example.com:443/a?b=c',
    'https://talktime.example.com/a?b=c',
    'https://talktime.example.com:8443/a?b=c',
    'http://127.0.0.1:4400/a',
    'http://[::1]:4400/a',
  ])('of %s fits with and without the port, as Twilio’s own library has it', (address) => {
    const bare = address.replace(/:\d+(?=\/|$)/, '')
    for (const signedAddress of [address, bare]) {
      const signed = getExpectedTwilioSignature(token, signedAddress, fields)
      expect(validateRequest(token, signed, address, fields)).toBe(true)
      expect(isSigned(signed, address)).toBe(true)
    }
    const usual = getExpectedTwilioSignature(token, 'https://talktime.example.com:443/a?b=c', fields)
    expect(isSigned(usual, 'https://talktime.example.com/a?b=c')).toBe(true)
  })

  test.each([
    ['another token', () => isSigned(signature, url, fields, 'another')],
    ['another address', () => isSigned(signature, url.replace('incoming', 'status'))],
    ['another query', () => isSigned(signature, url.replace('call_1', 'call_2'))],
    ['another host', () => isSigned(signature, url.replace('talktime.', 'talktime2.'))],
    ['a field less', () => isSigned(signature, url, { CallSid: 'CA1' })],
    ['a changed field', () => isSigned(signature, url, { ...fields, To: '+4930901821' })],
    ['no signature', () => isSigned('')],
    ['one that is too long', () => isSigned(`${signature}=`)],
    ['one of other letters', () => isSigned('ä'.repeat(28))],
  ])('does not fit %s', (_what, ask) => {
    expect(ask()).toBe(false)
  })
})
