/** What Twilio is told to do with a call: https://www.twilio.com/docs/voice/twiml. */

/** Nobody answers, and the caller hears that the line is busy. It has to be the first that Twilio is told of a call. */
export const rejected = document(element('Reject', { reason: 'busy' }))

export const hungUp = document(element('Hangup', {}))

export type Connection = {
  /** `wss://…`, `sip:…` or E.164. */
  readonly endpoint: string
  /** The hard stop of the call. */
  readonly secondsMax: number
  /** The number shown to an agent that is called by number; undefined: the caller's. */
  readonly callerId?: string | undefined
  /** Told as parameters to an agent that takes the audio over a WebSocket. */
  readonly told: Readonly<Record<string, string>>
  /** Where Twilio says that the agent answered. Left out: nobody has to know. */
  readonly statusUrl?: string | undefined
  /** Whether the caller goes on hearing it ring until the agent answers, and Twilio answers no sooner. */
  readonly answersWithAgent: boolean
}

/** Connects a call to its agent; when the agent hangs up, so does Twilio. */
export function connected(connection: Connection): string {
  return document(connection.endpoint.startsWith('wss:') ? stream(connection) : dial(connection))
}

function stream({ endpoint, told, statusUrl }: Connection): string {
  const parameters = Object.entries(told).map(([name, value]) => element('Parameter', { name, value }))
  const attributes = { url: endpoint, ...(statusUrl !== undefined && { statusCallback: statusUrl }) }
  return element('Connect', {}, element('Stream', attributes, ...parameters))
}

function dial({ endpoint, secondsMax, callerId, statusUrl, answersWithAgent }: Connection): string {
  const noun = endpoint.startsWith('sip:') ? 'Sip' : 'Number'
  const told = {
    ...(statusUrl !== undefined && { statusCallback: statusUrl, statusCallbackEvent: 'answered completed' }),
  }
  const attributes = {
    ...(answersWithAgent && { answerOnBridge: 'true' }),
    timeLimit: String(secondsMax),
    ...(callerId !== undefined && { callerId }),
  }
  return element('Dial', attributes, element(noun, told, escaped(endpoint, '&<>')))
}

function document(...verbs: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, ...verbs)}`
}

function element(name: string, attributes: Readonly<Record<string, string>>, ...content: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value, '&<"')}"`)
  const start = `<${name}${written.join('')}`
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string, characters: string): string {
  return [...text].map((one) => (characters.includes(one) ? entities[one] : one)).join('')
}
