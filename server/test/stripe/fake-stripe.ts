import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Clock } from '../../src/platform/clock.ts'
import { type Books, openBooks } from './books.ts'
import type { StripeEvent } from './books-state.ts'
import { createEndpoints, runEndpoint } from './endpoints.ts'
import { type Fault, perform, refusalFor, wrongKey } from './faults.ts'
import { parseForm } from './form.ts'
import { createAnswerKeeper } from './idempotency.ts'

export type SeenRequest = {
  readonly method: string
  readonly path: string
  readonly idempotencyKey: string | undefined
}

/** An HTTP server that stands in for Stripe's API, with its own books. */
export type FakeStripe = {
  /** http://127.0.0.1:port */
  readonly url: string
  readonly secretKey: string
  readonly books: Books
  /** All requests in order, failed ones included. */
  readonly requests: readonly SeenRequest[]
  /** Makes the next requests to `path` fail, one for each fault, in order. */
  fail(method: 'GET' | 'POST', path: RegExp, ...faults: Fault[]): void
  /** Limits the pages of lists to `pageMax` items. */
  setPageMax(pageMax: number): void
  /** Forgets all idempotency keys, as Stripe does after a day. */
  forgetKeys(): void
  /** The newest event of a type. */
  lastEvent(type: string): StripeEvent
  close(): Promise<void>
}

export async function startFakeStripe(clock: Clock): Promise<FakeStripe> {
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`
  const requests: SeenRequest[] = []
  const kept = createAnswerKeeper()
  let faults: { method: string; path: RegExp; fault: Fault }[] = []
  let pageMax = 100
  let url = ''
  const books = openBooks(() => url, clock.now)
  const endpoints = createEndpoints(books, () => pageMax)

  function takeFault(method: string, path: string): Fault | undefined {
    const next = faults.find((one) => one.method === method && one.path.test(path))
    faults = faults.filter((one) => one !== next)
    return next?.fault
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request
    const { pathname: path, search, searchParams } = new URL(request.url ?? '/', url)
    const body = await text(request)
    if (path.startsWith('/bank/')) return serveBank(books, response, path, searchParams.get('decision'))
    const idempotencyKey = headers['idempotency-key']?.toString()
    requests.push({ method, path, idempotencyKey })
    const fault = takeFault(method, path)
    const isKeyWrong = headers.authorization !== `Bearer ${secretKey}`
    const refusal = isKeyWrong ? wrongKey : refusalFor(fault)
    if (refusal !== undefined) return send(response, refusal.status, refusal.body)
    const form = parseForm(method === 'GET' ? search : body)
    const answer = await kept.once(idempotencyKey, `${method} ${path} ${body}`, () =>
      perform(fault, () => runEndpoint(endpoints, method, path, form)),
    )
    if (answer === undefined || fault?.kind === 'connection_lost') {
      response.destroy()
      return
    }
    if (answer.isReplayed) response.setHeader('idempotent-replayed', 'true')
    send(response, answer.status, answer.body)
  }

  const server = await listen(serve)
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    secretKey,
    books,
    requests,
    fail(method, path, ...these) {
      faults.push(...these.map((fault) => ({ method, path, fault })))
    },
    setPageMax(most) {
      pageMax = most
    },
    forgetKeys: kept.forget,
    lastEvent(type) {
      const event = books.events.findLast((one) => one.type === type)
      if (event === undefined) throw new Error(`There is no event ${type}`)
      return event
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Serves the page of the customer's bank. `decision` is the button that the customer presses. */
function serveBank(books: Books, response: ServerResponse, path: string, decision: string | null): void {
  const payment = books.payments.get(path.replace('/bank/', ''))
  if (payment === undefined || (decision !== 'confirm' && decision !== 'decline')) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(303, { location: books.decideAtBank(payment, decision) }).end()
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

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': `req_${randomUUID().replaceAll('-', '').slice(0, 14)}`,
  })
  response.end(JSON.stringify(body))
}
