import fc from 'fast-check'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { isSignedByTwilio } from './signature.ts'

const TOKEN = '0123456789abcdef0123456789abcdef'
const URL_SIGNED = 'https://talktime.example.com/voice/twilio/incoming?call=call_1'
const fields = { CallSid: 'CA1', From: '+14155550123', To: '+4930901820', CallStatus: 'ringing' }
const signature = getExpectedTwilioSignature(TOKEN, URL_SIGNED, fields)
const isSigned = (given: string, url = URL_SIGNED, form: Record<string, string> = fields, token = TOKEN) =>
  isSignedByTwilio(token, given, url, new URLSearchParams(form))

describe('a signature', () => {
  test('fits the form that was signed, whatever its fields, and no other form', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })),
        fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] }),
        (form, url) => {
          const signed = getExpectedTwilioSignature(TOKEN, url, form)
          expect(isSigned(signed, url, form)).toBe(true)
          expect(isSigned(signed, url, { ...form, one: 'more' })).toBe(false)
        },
      ),
      propertyRuns(100),
    )
  })

  test('fits several fields of one name, whose equal values count once', () => {
    const signed = getExpectedTwilioSignature(TOKEN, URL_SIGNED, { StatusCallbackEvent: ['b', 'a', 'b'] })
    const form = new URLSearchParams([
      ['StatusCallbackEvent', 'b'],
      ['StatusCallbackEvent', 'a'],
      ['StatusCallbackEvent', 'b'],
    ])
    expect(isSignedByTwilio(TOKEN, signed, URL_SIGNED, form)).toBe(true)
  })

  test('fits a field named like a property of all objects', () => {
    const signed = getExpectedTwilioSignature(TOKEN, URL_SIGNED, JSON.parse('{"__proto__": "1"}'))
    expect(isSigned(signed, URL_SIGNED, JSON.parse('{"__proto__": "1"}'))).toBe(true)
    expect(isSigned(signed, URL_SIGNED, {})).toBe(false)
  })

  test.each([
    'https://talktime.example.com:443/a?b=c',
    'https://talktime.example.com/a?b=c',
    'https://talktime.example.com:8443/a?b=c',
    'http://127.0.0.1:4400/a',
    'http://[::1]:4400/a',
  ])('of %s fits with and without the port', (url) => {
    const bare = url.replace(/:\d+(?=\/|$)/, '')
    for (const signedUrl of [url, bare]) {
      expect(isSigned(getExpectedTwilioSignature(TOKEN, signedUrl, fields), url)).toBe(true)
    }
    const usual = getExpectedTwilioSignature(TOKEN, 'https://talktime.example.com:443/a?b=c', fields)
    expect(isSigned(usual, 'https://talktime.example.com/a?b=c')).toBe(true)
  })

  test.each([
    ['another token', () => isSigned(signature, URL_SIGNED, fields, 'another')],
    ['another path', () => isSigned(signature, URL_SIGNED.replace('incoming', 'status'))],
    ['another query', () => isSigned(signature, URL_SIGNED.replace('call_1', 'call_2'))],
    ['another host', () => isSigned(signature, URL_SIGNED.replace('talktime.', 'talktime2.'))],
    ['a missing field', () => isSigned(signature, URL_SIGNED, { CallSid: 'CA1' })],
    ['a changed field', () => isSigned(signature, URL_SIGNED, { ...fields, To: '+4930901821' })],
    ['an empty signature', () => isSigned('')],
    ['a signature that is too long', () => isSigned(`${signature}=`)],
    ['a signature of other letters', () => isSigned('ä'.repeat(28))],
  ])('does not fit %s', (_what, check) => {
    expect(check()).toBe(false)
  })
})
