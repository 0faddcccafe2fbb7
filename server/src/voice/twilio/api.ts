import { z } from 'zod'
import { CarrierUnreachable } from '../carrier.ts'
import type { TwilioSettings } from '../settings.ts'

const Call = z.object({
  sid: z.string(),
  status: z.string(),
  direction: z.string().nullish(),
  /** RFC 2822, whole seconds. */
  date_created: z.string().nullish(),
  date_updated: z.string().nullish(),
  end_time: z.string().nullish(),
  /** Seconds, from answer to end. */
  duration: z.string().nullish(),
  answered_by: z.string().nullish(),
})

/** A call as Twilio knows it: https://www.twilio.com/docs/voice/api/call-resource. */
export type TwilioCall = z.infer<typeof Call>

const CallList = z.object({ calls: z.array(Call) })

const Refusal = z.object({ code: z.number(), message: z.string() })

/** Twilio understood a request and did not do it: 4xx, other than that it takes no more requests at the moment. */
export class TwilioRefusal extends Error {
  override name = 'TwilioRefusal'
  readonly status: number
  /** Twilio's number of the error: https://www.twilio.com/docs/api/errors. */
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(`Twilio answered ${status}, error ${code}: ${message}`)
    this.status = status
    this.code = code
  }
}

/** Fields of a form; of several values each is sent. */
export type TwilioFields = Readonly<Record<string, string | readonly string[]>>

/**
 * Twilio's calls over HTTP. Each throws {@link TwilioRefusal}, and {@link CarrierUnreachable} where it is not known
 * what Twilio did.
 */
export type TwilioApi = {
  createCall(fields: TwilioFields): Promise<TwilioCall>
  updateCall(sid: string, fields: TwilioFields): Promise<TwilioCall>
  /** Undefined: Twilio knows no such call. */
  findCall(sid: string): Promise<TwilioCall | undefined>
  /** The newest first. */
  listCalls(fields: TwilioFields): Promise<readonly TwilioCall[]>
}

export type TwilioAccess = Pick<TwilioSettings, 'accountSid' | 'authToken' | 'apiHost'> & {
  /** How long an answer is waited for, in milliseconds; left out: as long as Twilio usually needs. */
  readonly answerMsMax?: number | undefined
}

const answerMsMaxUsual = 10_000

export function openTwilioApi(access: TwilioAccess): TwilioApi {
  const { accountSid, authToken, apiHost, answerMsMax = answerMsMaxUsual } = access
  const calls = `${apiHost}/2010-04-01/Accounts/${accountSid}/Calls`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  async function ask<T>(method: 'GET' | 'POST', url: string, schema: z.ZodType<T>, fields?: TwilioFields) {
    const form = fields && formOf(fields)
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
    const body = parsed(text)
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      const { code, message } = Refusal.safeParse(body).data ?? { code: 0, message: 'without a reason' }
      throw new TwilioRefusal(status, code, message)
    }
    const read = schema.safeParse(body)
    if (status >= 200 && status < 300 && read.success) return read.data
    throw new CarrierUnreachable(`Twilio answered ${method} ${url} with ${status} and nothing that is known`)
  }

  return {
    createCall: (fields) => ask('POST', `${calls}.json`, Call, fields),
    updateCall: (sid, fields) => ask('POST', `${calls}/${encodeURIComponent(sid)}.json`, Call, fields),
    async findCall(sid) {
      try {
        return await ask('GET', `${calls}/${encodeURIComponent(sid)}.json`, Call)
      } catch (error) {
        if (error instanceof TwilioRefusal && error.status === 404) return undefined
        throw error
      }
    },
    listCalls: async (fields) => (await ask('GET', `${calls}.json`, CallList, fields)).calls,
  }
}

function formOf(fields: TwilioFields): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  )
  return new URLSearchParams(pairs)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
