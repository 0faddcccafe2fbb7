import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'

const phoneSentence =
  '"phoneNumber" must be a phone number in international form, such as +49 30 901820 or +1 415 555 2671.'

/** A phone number, however it is grouped, as E.164: `+4930901820`. */
export const PhoneNumber = z
  .string(phoneSentence)
  .transform((text, context) => {
    const number = text.trim().startsWith('+') ? parsePhoneNumberFromString(text.trim()) : undefined
    if (number?.isPossible() && number.ext === undefined) return number.number as string
    context.addIssue({ code: 'custom', message: phoneSentence })
    return z.NEVER
  })
  .meta({ description: 'In international form.', example: '+4930901820' })

const endpointSentence =
  '"voiceEndpoint" must be where calls are connected to: wss://agent.example.com/path without a query, ' +
  'sip:agent@example.com, or a phone number in international form, such as +49 30 901820.'

/** Where a voice stack connects the agent's calls to: `wss://…`, `sip:…` or a phone number as E.164. */
export const VoiceEndpoint = z
  .string(endpointSentence)
  .transform((text, context) => {
    const endpoint = endpointFrom(text.trim())
    if (endpoint !== undefined) return endpoint
    context.addIssue({ code: 'custom', message: endpointSentence })
    return z.NEVER
  })
  .meta({
    description:
      'Where its calls are connected to: a WebSocket (wss://…) that takes the audio, a SIP address or a phone number.',
    example: 'wss://agent.example.com/talk',
  })

function endpointFrom(text: string): string | undefined {
  if (text.startsWith('wss:')) return webSocketFrom(text)
  if (/^sip:/i.test(text)) return sipAddress.test(text) ? `sip:${text.slice(4)}` : undefined
  const number = PhoneNumber.safeParse(text)
  return number.success ? number.data : undefined
}

/** Carriers send no query to a WebSocket; what is to be told of a call comes as its first message. */
function webSocketFrom(text: string): string | undefined {
  if (text.length > 500 || !URL.canParse(text)) return undefined
  const { protocol, hostname, username, password, search, hash, href } = new URL(text)
  const isPlain = username === '' && password === '' && search === '' && hash === '' && !/[?#]/.test(text)
  return protocol === 'wss:' && hostname !== '' && isPlain ? href : undefined
}

const sipAddress = /^sip:[\w.!~*'()&=+$,;%-]+@[\w.-]+(:\d{1,5})?(;transport=(udp|tcp|tls))?$/i

const languageSentence = '"language" must be a language tag (BCP 47), such as en-US or de.'

/** A language tag, spelled as it should be: `de-DE`. */
export const Language = z
  .string(languageSentence)
  .transform((tag, context) => {
    const canonical = canonicalTag(tag)
    if (canonical !== undefined) return canonical
    context.addIssue({ code: 'custom', message: languageSentence })
    return z.NEVER
  })
  .meta({ description: 'A language tag (BCP 47).', example: 'en-US' })

function canonicalTag(tag: string): string | undefined {
  if (tag.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}

export const AgentName = z.string().trim().min(1).max(100)
export const LlmName = z.string().trim().min(1).max(100)
