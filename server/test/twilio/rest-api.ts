import { type FakeCall, type FakeCalls, formatRfc2822, measureDuration } from './fake-calls.ts'

/** A string body is sent as it is, any other as JSON. */
export type Answer = { readonly status: number; readonly body: object | string }

/** A request's form, by field; Twilio allows a field several times. */
export type TwilioForm = ReadonlyMap<string, string[]>

/** One of Twilio's test numbers: Twilio refuses it as invalid. */
export const INVALID_TO = '+15005550001'
/** One of Twilio's test numbers: Twilio refuses to call it for this customer. */
export const FORBIDDEN_TO = '+15005550003'

/** Carries out a request to `/2010-04-01/Accounts/{accountSid}/Calls`. */
export function runRequest(
  calls: FakeCalls,
  accountSid: string,
  { method, path, query, form }: { method: string; path: string; query: URLSearchParams; form: TwilioForm },
): Answer {
  const base = `/2010-04-01/Accounts/${accountSid}/Calls`
  if (path === `${base}.json`) return method === 'POST' ? place(calls, form) : list(calls, query)
  const sid = path.slice(base.length + 1).replace('.json', '')
  const call = calls.bySid.get(sid)
  if (call === undefined) return notFound(sid)
  return method === 'POST' ? change(calls, call, form) : { status: 200, body: toResource(call) }
}

function place(calls: FakeCalls, form: TwilioForm): Answer {
  const [to, from] = [form.get('To')?.[0] ?? '', form.get('From')?.[0] ?? '']
  if (to === INVALID_TO) return refusal(400, 21211, `The 'To' number ${to} is not a valid phone number.`)
  if (to === FORBIDDEN_TO) return refusal(400, 21215, 'Account not authorized to call this number.')
  return { status: 201, body: toResource(calls.add('outbound-api', to, from, form)) }
}

function change(calls: FakeCalls, call: FakeCall, form: TwilioForm): Answer {
  if (call.endedAtMs !== null) return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.')
  for (const [name, values] of form) call.fields.set(name, values)
  if (form.get('Status')?.[0] === 'completed') {
    calls.end(call, call.answeredAtMs === null ? 'canceled' : 'completed')
  }
  return { status: 200, body: toResource(call) }
}

function list(calls: FakeCalls, query: URLSearchParams): Answer {
  const found = [...calls.bySid.values()]
    .filter(({ to, from }) => to === query.get('To') && from === query.get('From'))
    .reverse()
  return { status: 200, body: { calls: found.map(toResource), page: 0, page_size: 100 } }
}

export function refusal(status: number, code: number, message: string): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }
}

function notFound(sid: string): Answer {
  return refusal(404, 20404, `The requested resource /Calls/${sid}.json was not found`)
}

function toResource(call: FakeCall): object {
  const { sid, to, from, direction, status, createdAtMs, endedAtMs, answeredBy } = call
  return {
    sid,
    to,
    from,
    direction,
    status,
    date_created: formatRfc2822(createdAtMs),
    date_updated: formatRfc2822(endedAtMs ?? createdAtMs),
    start_time: status === 'queued' ? null : formatRfc2822(createdAtMs),
    end_time: endedAtMs === null ? null : formatRfc2822(endedAtMs),
    duration: endedAtMs === null ? null : String(measureDuration(call)),
    answered_by: answeredBy,
  }
}
