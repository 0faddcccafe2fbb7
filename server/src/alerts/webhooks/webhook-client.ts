import { SECOND_MS } from '@talktime/core/time/durations'
import { errors, request } from 'undici'
import { type Outbound, OutboundRefused } from '../../platform/outbound.ts'

/** A message that did not arrive or was not accepted. */
export type WebhookFailure = {
  /** The reason in a sentence, without secrets. */
  readonly error: string
  /** The status of the answer. null: there was none. */
  readonly status: number | null
}

/** The most bytes of an answer's body that are read. They are discarded. */
const ANSWER_BYTES_MAX = 64 * 1024

/**
 * Posts a message to a customer's address. Only a status from 200 to 299 accepts it; redirects are not followed.
 *
 * @param limits `signal` aborts the request; `msMax` is the longest time that all of it may take
 */
export async function postWebhook(
  outbound: Outbound,
  message: { readonly url: string; readonly headers: Record<string, string>; readonly body: string },
  limits: { readonly signal: AbortSignal; readonly msMax: number },
): Promise<{ readonly status: number } | WebhookFailure> {
  const { url, headers, body } = message
  const timeout = AbortSignal.timeout(limits.msMax)
  const signal = AbortSignal.any([limits.signal, timeout])
  try {
    const { href } = outbound.check(url)
    const { dispatcher } = outbound
    // `reset` closes the connection. Alerts are rare, so the other side would close an idle one when it is needed.
    const answer = await request(href, { method: 'POST', headers, body, dispatcher, signal, reset: true })
    // The status decides. An error in the rest of the answer changes nothing.
    await answer.body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => {})
    const status = answer.statusCode
    return status >= 200 && status < 300 ? { status } : { status, error: describeStatus(status) }
  } catch (error) {
    if (timeout.aborted)
      return { status: null, error: `It did not answer within ${limits.msMax / SECOND_MS} seconds.` }
    return { status: null, error: describeError(error) }
  }
}

function describeStatus(status: number): string {
  const redirect = status >= 300 && status < 400 ? ' Redirects are not followed.' : ''
  return `It answered with ${status}.${redirect}`
}

function describeError(error: unknown): string {
  if (error instanceof OutboundRefused) return error.message
  if (error instanceof errors.ConnectTimeoutError) return 'No connection was made in time.'
  if (error instanceof errors.HTTPParserError) return 'It did not answer in HTTP.'
  if (error instanceof errors.SocketError) return 'The connection was closed without an answer.'
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const known = sentences[code]
  if (known !== undefined) return known
  if (/CERT|SSL|TLS/.test(code)) return `The certificate of the address is not valid (${code}).`
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
