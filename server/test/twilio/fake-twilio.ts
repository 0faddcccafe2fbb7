import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Clock } from '../../src/platform/clock.ts'
import { createFakeCalls, type FakeCall, type TwilioCallback } from './fake-calls.ts'
import { type Answer, refusal, runRequest } from './rest-api.ts'

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

export async function startFakeTwilio(clock: Clock): Promise<FakeTwilio> {
  const accountSid = `AC${randomUUID().replaceAll('-', '')}`
  const authToken = randomUUID().replaceAll('-', '')
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const calls = createFakeCalls(accountSid, clock)
  const requests: TwilioRequest[] = []
  let faults: { method: string; fault: TwilioFault }[] = []

  function takeFault(method: string): TwilioFault | undefined {
    const next = faults.find((one) => one.method === method)
    faults = faults.filter((one) => one !== next)
    return next?.fault
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://twilio')
    const form = await readForm(request)
    if (!fake.reachable) return void response.destroy()
    requests.push({ method, path, form })
    const fault = takeFault(method)
    const isAuthorized = fault?.kind !== 'wrong_token' && headers.authorization === authorization
    const answer = await runWithFault(fault, isAuthorized, () =>
      runRequest(calls, accountSid, { method, path, query, form }),
    )
    if (answer === undefined) return void response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(toText(answer.body))
  }

  const server = await listen(serve)
  const fake: FakeTwilio = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountSid,
    authToken,
    calls: calls.bySid,
    requests,
    reachable: true,
    fail(method, ...these) {
      faults.push(...these.map((fault) => ({ method, fault })))
    },
    lastPlaced() {
      const call = [...calls.bySid.values()].findLast(({ direction }) => direction === 'outbound-api')
      if (call === undefined) throw new Error('Nothing was placed')
      return call
    },
    callIn: (to, from = '+14155550123') => calls.add('inbound', to, from, new Map()),
    ring: calls.ring,
    answer: calls.answer,
    end: calls.end,
    forget: (sid) => void calls.bySid.delete(sid),
    remember: (call) => void calls.bySid.set(call.sid, call),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

/** Carries out a request with its fault. Returns `undefined` if the connection is lost. */
async function runWithFault(
  fault: TwilioFault | undefined,
  isAuthorized: boolean,
  work: () => Answer,
): Promise<Answer | undefined> {
  if (fault?.kind === 'late') await fault.until
  if (fault?.kind === 'rate_limited') return refusal(429, 20429, 'Too Many Requests')
  if (!isAuthorized) return refusal(401, 20003, 'Authenticate')
  const isBefore = fault !== undefined && 'when' in fault && fault.when === 'before'
  const answer = isBefore ? undefined : work()
  switch (fault?.kind) {
    case 'connection_lost':
      return undefined
    case 'server_error':
      return refusal(500, 20500, 'Internal Server Error')
    case 'nonsense':
      return { status: 200, body: '<html>' }
    default:
      return answer
  }
}

async function readForm(request: IncomingMessage): Promise<Map<string, string[]>> {
  const sent = new URLSearchParams(await text(request))
  return new Map([...sent.keys()].map((name) => [name, sent.getAll(name)]))
}

async function listen(serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const toText = (body: object | string) => (typeof body === 'string' ? body : JSON.stringify(body))
