import { htmlEscape } from 'escape-goat'

/**
 * Rejects a call: nobody answers, and the caller hears that the line is busy. Works only as the first instruction for a
 * call. All documents here are TwiML: https://www.twilio.com/docs/voice/twiml.
 */
export const REJECT_TWIML = buildDocument(buildElement('Reject', { reason: 'busy' }))

export const HANG_UP_TWIML = buildDocument(buildElement('Hangup', {}))

/** How a call is connected to its agent. */
export type Connection = {
  /** A URL with `wss:`, a SIP address with `sip:`, or a number in E.164. */
  readonly endpoint: string
  /** The hard stop of the call. */
  readonly secondsMax: number
  /** The number shown to an agent that is called by number. Undefined: the caller's. */
  readonly callerId?: string | undefined
  /** Parameters for an agent that gets the audio over a WebSocket. */
  readonly parameters: Readonly<Record<string, string>>
  /** The URL at which Twilio reports that the agent answered. Undefined: it does not report it. */
  readonly statusUrl?: string | undefined
  /** Whether the caller hears it ring until the agent answers, and Twilio answers the call only then. */
  readonly answersWithAgent: boolean
}

/** Builds the TwiML that connects a call to its agent. Twilio hangs up when the agent does. */
export function buildConnectTwiml(connection: Connection): string {
  return buildDocument(
    connection.endpoint.startsWith('wss:') ? buildStream(connection) : buildDial(connection),
  )
}

function buildStream({ endpoint, parameters, statusUrl }: Connection): string {
  const elements = Object.entries(parameters).map(([name, value]) =>
    buildElement('Parameter', { name, value }),
  )
  const attributes = { url: endpoint, ...(statusUrl !== undefined && { statusCallback: statusUrl }) }
  return buildElement('Connect', {}, buildElement('Stream', attributes, ...elements))
}

function buildDial({ endpoint, secondsMax, callerId, statusUrl, answersWithAgent }: Connection): string {
  const noun = endpoint.startsWith('sip:') ? 'Sip' : 'Number'
  const callback = {
    ...(statusUrl !== undefined && { statusCallback: statusUrl, statusCallbackEvent: 'answered completed' }),
  }
  const attributes = {
    ...(answersWithAgent && { answerOnBridge: 'true' }),
    timeLimit: String(secondsMax),
    ...(callerId !== undefined && { callerId }),
  }
  return buildElement('Dial', attributes, buildElement(noun, callback, htmlEscape(endpoint)))
}

function buildDocument(...verbs: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${buildElement('Response', {}, ...verbs)}`
}

/** @param content elements and escaped texts */
function buildElement(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: string[]
): string {
  // The five characters that are escaped for HTML are those of XML, and the references mean the same in both.
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${htmlEscape(value)}"`)
  const start = `<${name}${written.join('')}`
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`
}
