// A storm of sign-ins by strangers on both servers, with calls under it: 120 at once, each from another network, all with
// passwords that are wrong. Calls are authorized as fast as without it, and most strangers are refused at once.
import { Agent, request as send } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from '../stopwatch.ts'
import { attack } from './kit/attack.ts'
import { startCallLoad } from './kit/call-load.ts'
import { expectNothingLost, expectQuickAuthorizations } from './kit/expect-calls.ts'
import { expectCleanBooks, openWorld } from './kit/world.ts'

const STRANGERS = 120
const P99_MS_MAX = 100
/** How long a stranger waits before the next try. They do not wait for Retry-After. */
const RETRY_PAUSE_MS = 100

type Reply = { readonly status: number; readonly tookMs: number }

await attack('sign-in-storm', async (report) => {
  const world = await openWorld(report)
  const ports = world.servers.map(({ port }) => port)
  const callers = world.workspaces.map(({ caller }) => caller)
  const load = await startCallLoad({ ports, callers, callsPerSecond: 100 })
  await pause(1_000)
  load.reset()
  const seconds = report.isShort ? 3 : 20
  const storm = startStorm(ports)
  await pause(seconds * 1_000)
  const replies = await storm.stop()
  const result = await load.stop()

  const refused = replies.filter(({ status }) => status === 429 || status === 503)
  const compared = replies.filter(({ status }) => status === 401)
  const others = replies.length - refused.length - compared.length
  report.figure('strangers at once', `${STRANGERS}, for ${seconds} s`)
  report.figure('sign-ins compared', describe(compared))
  report.figure('sign-ins refused with Retry-After', describe(refused))
  report.expect(
    'some are compared, and none is answered otherwise',
    compared.length > 0 && others === 0,
    others,
  )
  expectQuickAuthorizations(report, result, P99_MS_MAX)
  const failed = Object.keys(result.starts).filter((status) => status !== '201')
  report.expect('every call was authorized', failed.length === 0, JSON.stringify(result.starts))
  await expectNothingLost(report, world.database, result.acknowledged)
  await expectCleanBooks(report, world.database)
})

/** Starts strangers who sign in again and again, at all servers. */
function startStorm(ports: readonly number[]): { stop(): Promise<Reply[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: STRANGERS })
  const replies: Reply[] = []
  let isOver = false
  let tries = 0
  async function keepTrying(): Promise<void> {
    while (!isOver) {
      tries += 1
      replies.push(await signIn(agent, ports[tries % ports.length] ?? 0, tries))
      await pause(RETRY_PAUSE_MS)
    }
  }
  const strangers = Promise.all(Array.from({ length: STRANGERS }, keepTrying))
  return {
    async stop() {
      isOver = true
      await strangers
      agent.destroy()
      return replies
    },
  }
}

function signIn(agent: Agent, port: number, number: number): Promise<Reply> {
  const startedMs = performance.now()
  const body = JSON.stringify({ email: `stranger${number}@example.com`, password: 'a wrong guess' })
  const network = `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-forwarded-for': network,
  }
  return new Promise((resolve, reject) => {
    const outgoing = send(
      { port, host: '127.0.0.1', method: 'POST', path: '/v1/sign-in', agent, headers },
      (response) => {
        response.resume()
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, tookMs: performance.now() - startedMs }),
        )
      },
    )
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function describe(replies: readonly Reply[]): string {
  const timesMs = replies.map(({ tookMs }) => tookMs)
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => percentile(timesMs, share).toFixed(1))
  return `${replies.length}, p50 ${p50} ms, p99 ${p99} ms, at most ${most} ms`
}
