import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'

const phoneSentence =
  '"phoneNumber" must be a phone number in international form, such as +49 30 901820 or +1 415 555 2671.'

/** A phone number in international form with any grouping. Its output is E.164: `+4930901820`. */
const PhoneNumber = z
  .string(phoneSentence)
  .transform((text, context) => {
    const number = text.trim().startsWith('+') ? parsePhoneNumberFromString(text.trim()) : undefined
    if (number?.isPossible() && number.ext === undefined) return number.number as string
    context.addIssue({ code: 'custom', message: phoneSentence })
    return z.NEVER
  })
  .meta({ description: 'In international form.', example: '+4930901820' })

const endpointSentence =
  '"voiceEndpoint" must be where calls are connected: wss://agent.example.com/path without a query, ' +
  'sip:agent@example.com, or a phone number in international form, such as +49 30 901820.'

/** Where a voice stack connects the agent's calls. Its output is `wss://…`, `sip:…` or a phone number as E.164. */
const VoiceEndpoint = z
  .string(endpointSentence)
  .transform((text, context) => {
    const endpoint = parseEndpoint(text.trim())
    if (endpoint !== undefined) return endpoint
    context.addIssue({ code: 'custom', message: endpointSentence })
    return z.NEVER
  })
  .meta({
    description:
      'Where its calls are connected: a WebSocket (wss://…) that takes the audio, a SIP address or a phone number.',
    example: 'wss://agent.example.com/talk',
  })

function parseEndpoint(text: string): string | undefined {
  if (text.startsWith('wss:')) return parseWebSocket(text)
  if (/^sip:/i.test(text)) return sipAddress.test(text) ? `sip:${text.slice(4)}` : undefined
  const number = PhoneNumber.safeParse(text)
  return number.success ? number.data : undefined
}

/** A query is refused because carriers do not send it. Details of a call arrive as the WebSocket's first message. */
function parseWebSocket(text: string): string | undefined {
  if (text.length > 500 || !URL.canParse(text)) return undefined
  const { protocol, hostname, username, password, search, hash, href } = new URL(text)
  const isPlain = username === '' && password === '' && search === '' && hash === '' && !/[?#]/.test(text)
  return protocol === 'wss:' && hostname !== '' && isPlain ? href : undefined
}

const sipAddress = /^sip:[\w.!~*'()&=+$,;%-]+@[\w.-]+(:\d{1,5})?(;transport=(udp|tcp|tls))?$/i

const languageSentence = '"language" must be a language tag (BCP 47), such as en-US or de.'

/** A language tag (BCP 47). Its output has the canonical spelling: `de-DE`. */
const Language = z
  .string(languageSentence)
  .transform((tag, context) => {
    const canonical = canonicalizeTag(tag)
    if (canonical !== undefined) return canonical
    context.addIssue({ code: 'custom', message: languageSentence })
    return z.NEVER
  })
  .meta({ description: 'A language tag (BCP 47).', example: 'en-US' })

function canonicalizeTag(tag: string): string | undefined {
  if (tag.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}

const AgentName = z.string().trim().min(1).max(100)
const LlmName = z.string().trim().min(1).max(100)

export const AgentStatus = z
  .enum(['active', 'disabled'])
  .meta({ description: 'disabled: its calls are refused.' })

export const NewAgentRequest = z.strictObject({
  name: AgentName,
  language: Language,
  phoneNumber: PhoneNumber.nullable().optional(),
  llmProvider: LlmName,
  llmModel: LlmName,
  voiceEndpoint: VoiceEndpoint.nullable().optional(),
})

export const AgentChangeRequest = z.strictObject({
  name: AgentName.optional(),
  language: Language.optional(),
  phoneNumber: PhoneNumber.nullable().optional(),
  llmProvider: LlmName.optional(),
  llmModel: LlmName.optional(),
  voiceEndpoint: VoiceEndpoint.nullable().optional(),
  status: AgentStatus.optional(),
})
