import { errors, request } from 'undici'
import { type Outbound, OutboundRefused } from '../../platform/outbound.ts'

/** The message did not arrive, or was not taken. */
export type WebhookFailure = {
  /** In a sentence without anything secret. */
  readonly error: string
  /** What was answered, if anything. */
  readonly status: number | null
}

/** So much of an answer is read before it is broken off; what it says is not kept. */
const answerBytesMax = 64 * 1024

/**
 * Sends a message to a customer's address. Only an answer from 200 to 299 counts as taken; redirects are not followed.
 *
 * @param limits `signal` breaks it off; `msMax`: so long may all of it take
 */
export async function postWebhook(
  outbound: Outbound,
  message: { readonly url: string; readonly headers: Record<string, string>; readonly body: string },
  limits: { readonly signal: AbortSignal; readonly msMax: number },
): Promise<{ readonly status: number } | WebhookFailure> {
  const { url, headers, body } = message
  const late = AbortSignal.timeout(limits.msMax)
  const signal = AbortSignal.any([limits.signal, late])
  try {
    const { href } = outbound.check(url)
    const { dispatcher } = outbound
    // Alerts are rare: a connection that was kept would be closed by the other side just when it is needed.
    const answer = await request(href, { method: 'POST', headers, body, dispatcher, signal, reset: true })
    // It was answered: how the rest of the answer goes changes nothing.
    await answer.body.dump({ limit: answerBytesMax, signal }).catch(() => {})
    const status = answer.statusCode
    return status >= 200 && status < 300 ? { status } : { status, error: answeredWith(status) }
  } catch (error) {
    if (late.aborted)
      return { status: null, error: `It did not answer within ${limits.msMax / 1000} seconds.` }
    return { status: null, error: sentenceFor(error) }
  }
}

function answeredWith(status: number): string {
  const followed = status >= 300 && status < 400 ? ' Redirects are not followed.' : ''
  return `It answered with ${status}.${followed}`
}

function sentenceFor(error: unknown): string {
  if (error instanceof OutboundRefused) return error.message
  if (error instanceof errors.ConnectTimeoutError) return 'No connection was made in time.'
  if (error instanceof errors.HTTPParserError) return 'It did not answer in HTTP.'
  if (error instanceof errors.SocketError) return 'The connection was closed without an answer.'
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const known = sentences[code]
  if (known !== undefined) return known
  if (/CERT|SSL|TLS/.test(code)) return `The certificate of the address is not good (${code}).`
  return `It could not be sent${code === '' ? '' : ` (${code})`}.`
}

const sentences: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name of the host was not found.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was closed without an answer.',
  EPIPE: 'The connection was closed without an answer.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The host could not be reached.',
}
