import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Clock } from '../../src/platform/clock.ts'

/** A call as Twilio has it. */
export type FakeCall = {
  readonly sid: string
  readonly to: string
  readonly from: string
  readonly direction: 'inbound' | 'outbound-api'
  status: string
  readonly createdAtMs: number
  answeredAtMs: number | null
  endedAtMs: number | null
  answeredBy: string | null
  /** The form fields with which it was placed and changed. */
  readonly fields: Map<string, string[]>
}

/** A request that Twilio sends: its address and its form fields. */
export type TwilioCallback = { readonly url: string; readonly fields: Readonly<Record<string, string>> }

/** What goes wrong with a request, before or after Twilio carries it out. */
export type TwilioFault =
  | { readonly kind: 'connection_lost' | 'server_error'; readonly when: 'before' | 'after' }
  | { readonly kind: 'rate_limited' | 'wrong_token' | 'nonsense' }
  /** The request continues when `until` resolves. */
  | { readonly kind: 'late'; readonly until: Promise<void> }

export type TwilioRequest = {
  readonly method: string
  readonly path: string
  readonly form: ReadonlyMap<string, string[]>
}

/** An HTTP server that stands in for Twilio's REST API. */
export type FakeTwilio = {
  /** http://127.0.0.1:port */
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  readonly calls: ReadonlyMap<string, FakeCall>
  /** All requests in order, failed ones included. */
  readonly requests: readonly TwilioRequest[]
  /** Makes the next requests fail, one for each fault, in order. */
  fail(method: 'GET' | 'POST', ...faults: TwilioFault[]): void
  /** Whether it can be reached. While `false`, every connection is closed. */
  reachable: boolean
  /** The call placed last. */
  lastPlaced(): FakeCall
  /** Makes an incoming call about which Twilio has sent nothing yet. */
  callIn(to: string, from?: string): FakeCall
  /** Lets the call ring. Returns Twilio's status callback. */
  ring(call: FakeCall): TwilioCallback
  /** Lets the call be answered. Returns Twilio's status callback. */
  answer(call: FakeCall, answeredBy?: string): TwilioCallback
  /** Ends the call. Returns Twilio's status callback. */
  end(call: FakeCall, status?: string): TwilioCallback
  /** Makes Twilio respond that it knows no such call, until `remember`. */
  forget(sid: string): void
  remember(call: FakeCall): void
  close(): Promise<void>
}

/** One of Twilio's test numbers: Twilio refuses it as invalid. */
export const INVALID_TO = '+15005550001'
/** One of Twilio's test numbers: Twilio refuses to call it for this customer. */
export const FORBIDDEN_TO = '+15005550003'

export async function startFakeTwilio(clock: Clock): Promise<FakeTwilio> {
  const accountSid = `AC${randomUUID().replaceAll('-', '')}`
  const authToken = randomUUID().replaceAll('-', '')
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const calls = new Map<string, FakeCall>()
  const requests: TwilioRequest[] = []
  let faults: { method: string; fault: TwilioFault }[] = []

  function makeCall(
    direction: FakeCall['direction'],
    to: string,
    from: string,
    fields: Map<string, string[]>,
  ): FakeCall {
    const sid = `CA${randomUUID().replaceAll('-', '')}`
    const status = direction === 'inbound' ? 'ringing' : 'queued'
    const nobody = { answeredAtMs: null, endedAtMs: null, answeredBy: null }
    const call = { sid, to, from, direction, status, createdAtMs: clock.now(), ...nobody, fields }
    calls.set(sid, call)
    return call
  }

  function place(form: Map<string, string[]>): Answer {
    const [to, from] = [form.get('To')?.[0] ?? '', form.get('From')?.[0] ?? '']
    if (to === INVALID_TO) return refusal(400, 21211, `The 'To' number ${to} is not a valid phone number.`)
    if (to === FORBIDDEN_TO) return refusal(400, 21215, 'Account not authorized to call this number.')
    return { status: 201, body: toResource(makeCall('outbound-api', to, from, form)) }
  }

  function change(sid: string, form: Map<string, string[]>): Answer {
    const call = calls.get(sid)
    if (call === undefined) return notFound(sid)
    if (call.endedAtMs !== null) return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.')
    for (const [name, values] of form) call.fields.set(name, values)
    if (form.get('Status')?.[0] === 'completed') {
      end(call, call.answeredAtMs === null ? 'canceled' : 'completed')
    }
    return { status: 200, body: toResource(call) }
  }

  function list(query: URLSearchParams): Answer {
    const found = [...calls.values()]
      .filter(({ to, from }) => to === query.get('To') && from === query.get('From'))
      .reverse()
    return { status: 200, body: { calls: found.map(toResource), page: 0, page_size: 100 } }
  }

  function end(call: FakeCall, status = 'completed'): TwilioCallback {
    call.status = status
    call.endedAtMs = clock.now()
    return createCallback(call, 'StatusCallback', {
      CallStatus: status,
      CallDuration: String(durationOf(call)),
      ...(call.answeredBy !== null && { AnsweredBy: call.answeredBy }),
    })
  }

  function createCallback(
    call: FakeCall,
    field: 'StatusCallback',
    fields: Record<string, string>,
  ): TwilioCallback {
    return {
      url: call.fields.get(field)?.[0] ?? '',
      fields: {
        AccountSid: accountSid,
        ApiVersion: '2010-04-01',
        CallSid: call.sid,
        CallbackSource: 'call-progress-events',
        Direction: call.direction,
        From: call.from,
        To: call.to,
        Timestamp: rfc2822(clock.now()),
        ...fields,
      },
    }
  }

  function runRequest(
    method: string,
    path: string,
    query: URLSearchParams,
    form: Map<string, string[]>,
  ): Answer {
    const base = `/2010-04-01/Accounts/${accountSid}/Calls`
    if (path === `${base}.json`) return method === 'POST' ? place(form) : list(query)
    const sid = path.slice(base.length + 1).replace('.json', '')
    if (method === 'POST') return change(sid, form)
    const call = calls.get(sid)
    return call === undefined ? notFound(sid) : { status: 200, body: toResource(call) }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://twilio')
    const form = new Map<string, string[]>()
    const sent = new URLSearchParams(await text(request))
    for (const name of sent.keys()) form.set(name, sent.getAll(name))
    if (!fake.reachable) return void response.destroy()
    requests.push({ method, path, form })
    const next = faults.find((one) => one.method === method)
    faults = faults.filter((one) => one !== next)
    const fault = next?.fault
    if (fault?.kind === 'late') await fault.until
    if (fault?.kind === 'rate_limited') return send(response, refusal(429, 20429, 'Too Many Requests'))
    if (fault?.kind === 'wrong_token' || headers.authorization !== authorization) {
      return send(response, refusal(401, 20003, 'Authenticate'))
    }
    const isBefore = fault !== undefined && 'when' in fault && fault.when === 'before'
    const answer = isBefore ? undefined : runRequest(method, path, searchParams, form)
    if (fault?.kind === 'connection_lost') return void response.destroy()
    if (fault?.kind === 'server_error') return send(response, refusal(500, 20500, 'Internal Server Error'))
    if (fault?.kind === 'nonsense') return void response.writeHead(200).end('<html>')
    if (answer !== undefined) send(response, answer)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const fake: FakeTwilio = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountSid,
    authToken,
    calls,
    requests,
    reachable: true,
    fail(method, ...these) {
      faults.push(...these.map((fault) => ({ method, fault })))
    },
    lastPlaced() {
      const call = [...calls.values()].findLast(({ direction }) => direction === 'outbound-api')
      if (call === undefined) throw new Error('Nothing was placed')
      return call
    },
    callIn: (to, from = '+14155550123') => makeCall('inbound', to, from, new Map()),
    ring(call) {
      call.status = 'ringing'
      return createCallback(call, 'StatusCallback', { CallStatus: 'ringing' })
    },
    answer(call, answeredBy) {
      call.status = 'in-progress'
      call.answeredAtMs = clock.now()
      call.answeredBy = answeredBy ?? null
      return createCallback(call, 'StatusCallback', { CallStatus: 'in-progress' })
    },
    end,
    forget: (sid) => void calls.delete(sid),
    remember: (call) => void calls.set(call.sid, call),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

type Answer = { readonly status: number; readonly body: object }

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refusal(status: number, code: number, message: string): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }
}

function notFound(sid: string): Answer {
  return refusal(404, 20404, `The requested resource /Calls/${sid}.json was not found`)
}

function durationOf({ answeredAtMs, endedAtMs }: FakeCall): number {
  return answeredAtMs === null || endedAtMs === null ? 0 : seconds(endedAtMs) - seconds(answeredAtMs)
}

function toResource(call: FakeCall): object {
  const { sid, to, from, direction, status, createdAtMs, endedAtMs, answeredBy } = call
  return {
    sid,
    to,
    from,
    direction,
    status,
    date_created: rfc2822(createdAtMs),
    date_updated: rfc2822(endedAtMs ?? createdAtMs),
    start_time: status === 'queued' ? null : rfc2822(createdAtMs),
    end_time: endedAtMs === null ? null : rfc2822(endedAtMs),
    duration: endedAtMs === null ? null : String(durationOf(call)),
    answered_by: answeredBy,
  }
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000)
}

/** Sun, 22 Nov 2026 10:00:00 +0000 */
export function rfc2822(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000')
}
