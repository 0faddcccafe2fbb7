import type { FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { CarrierReport } from '../apply-carrier-report.ts'
import type { TwilioSettings } from '../settings.ts'
import { isSignedByTwilio } from './signature.ts'
import { floorToSecond, parseTwilioInstant } from './status.ts'

/** Reads the form of a request. Throws `forbidden` unless Twilio signed the request with the account's auth token. */
export function readSignedForm(
  request: FastifyRequest,
  { authToken, publicUrl }: Pick<TwilioSettings, 'authToken' | 'publicUrl'>,
): URLSearchParams {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const url = publicUrl + request.url
  const signature = request.headers['x-twilio-signature']
  if (typeof signature === 'string' && isSignedByTwilio(authToken, signature, url, form)) return form
  throw new Problem(platformProblems.forbidden, 'The request does not have a valid signature.', {
    internal: `X-Twilio-Signature ${signature === undefined ? 'is missing' : `does not fit ${url}`}`,
  })
}

/** Reads the UUID of our call from the URL that we gave to Twilio. Undefined if it names none. */
export function readCallId(request: FastifyRequest): string | undefined {
  const { call } = request.query as { readonly call?: unknown }
  return typeof call === 'string' ? uuidFrom('call', call) : undefined
}

/** Reads what every report of Twilio's has in common. A report without an instant happened now. */
export function readReport(
  request: FastifyRequest,
  form: URLSearchParams,
  nowMs: number,
): Pick<CarrierReport, 'callId' | 'carrier' | 'atMs'> {
  const atMs = parseTwilioInstant(form.get('Timestamp')) ?? floorToSecond(nowMs)
  return { carrier: 'twilio', callId: readCallId(request), atMs }
}
