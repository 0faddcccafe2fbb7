import { z } from 'zod'
import { CarrierUnreachable } from '../carrier.ts'
import type { TwilioSettings } from '../settings.ts'

const CallResource = z.object({
  sid: z.string(),
  status: z.string(),
  direction: z.string().nullish(),
  /** In RFC 2822, so a whole second. */
  date_created: z.string().nullish(),
  date_updated: z.string().nullish(),
  end_time: z.string().nullish(),
  /** Seconds from answer to end. */
  duration: z.string().nullish(),
  answered_by: z.string().nullish(),
})

/** A call in Twilio's API: https://www.twilio.com/docs/voice/api/call-resource. */
export type TwilioCall = z.infer<typeof CallResource>

const CallList = z.object({ calls: z.array(CallResource) })

const Refusal = z.object({ code: z.number(), message: z.string() })

/** Twilio understood a request and refused it: any status 4xx that another try would not change. */
export class TwilioRefusal extends Error {
  override name = 'TwilioRefusal'
  readonly status: number
  /** Twilio's error code: https://www.twilio.com/docs/api/errors. */
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(`Twilio answered ${status}, error ${code}: ${message}`)
    this.status = status
    this.code = code
  }
}

/** Fields of a form. A list is sent as several fields of one name. */
export type TwilioFields = Readonly<Record<string, string | readonly string[]>>

/**
 * Twilio's API of calls. Every method throws {@link TwilioRefusal}, and {@link CarrierUnreachable} if it is unknown what
 * Twilio did.
 */
export type TwilioApi = {
  createCall(fields: TwilioFields): Promise<TwilioCall>
  updateCall(sid: string, fields: TwilioFields): Promise<TwilioCall>
  /** Returns undefined for a call that Twilio does not know. */
  findCall(sid: string): Promise<TwilioCall | undefined>
  /** Lists calls, newest first. */
  listCalls(fields: TwilioFields): Promise<readonly TwilioCall[]>
}

export type TwilioAccess = Pick<TwilioSettings, 'accountSid' | 'authToken' | 'apiHost'> & {
  /** How long to wait for an answer. Left out: 10 seconds. */
  readonly answerMsMax?: number | undefined
}

const ANSWER_MS_MAX = 10_000

export function openTwilioApi(access: TwilioAccess): TwilioApi {
  const { accountSid, authToken, apiHost, answerMsMax = ANSWER_MS_MAX } = access
  const calls = `${apiHost}/2010-04-01/Accounts/${accountSid}/Calls`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  async function send<T>(method: 'GET' | 'POST', url: string, schema: z.ZodType<T>, fields?: TwilioFields) {
    const form = fields && toForm(fields)
    let status: number
    let text: string
    try {
      const answer = await fetch(method === 'GET' && form ? `${url}?${form}` : url, {
        method,
        headers: { authorization, accept: 'application/json' },
        ...(method === 'POST' && form && { body: form }),
        redirect: 'error',
        signal: AbortSignal.timeout(answerMsMax),
      })
      status = answer.status
      text = await answer.text()
    } catch (error) {
      throw new CarrierUnreachable(`Twilio did not answer ${method} ${url}`, { cause: error })
    }
    const body = parseJson(text)
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      const { code, message } = Refusal.safeParse(body).data ?? { code: 0, message: 'no reason given' }
      throw new TwilioRefusal(status, code, message)
    }
    const result = schema.safeParse(body)
    if (status >= 200 && status < 300 && result.success) return result.data
    throw new CarrierUnreachable(`Twilio answered ${method} ${url} with ${status} and an unknown body`)
  }

  return {
    createCall: (fields) => send('POST', `${calls}.json`, CallResource, fields),
    updateCall: (sid, fields) =>
      send('POST', `${calls}/${encodeURIComponent(sid)}.json`, CallResource, fields),
    async findCall(sid) {
      try {
        return await send('GET', `${calls}/${encodeURIComponent(sid)}.json`, CallResource)
      } catch (error) {
        if (error instanceof TwilioRefusal && error.status === 404) return undefined
        throw error
      }
    },
    listCalls: async (fields) => (await send('GET', `${calls}.json`, CallList, fields)).calls,
  }
}

function toForm(fields: TwilioFields): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((single): [string, string] => [name, String(single)]),
  )
  return new URLSearchParams(pairs)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
