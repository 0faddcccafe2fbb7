// Thousands of requests generated from the published document, valid and hostile: no server fails, and every refusal is a
// problem that the registry has.
import fc from 'fast-check'
import { problemRegistry } from '../../server/src/problem-registry.ts'
import { type ApiDocument, type RandomRequest, randomRequests } from '../../server/test/random-requests.ts'
import { attack } from './kit/attack.ts'
import { createThings } from './kit/victim.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

/** How many requests are in progress at once. */
const AT_ONCE = 16

await attack('fuzz', async (report) => {
  const world = await openWorld(report, { workspaces: 2 })
  const inputs = await generate(world, report.isShort ? 500 : 12_000)
  const failures: string[] = []
  const byStatus: Record<number, number> = {}
  const ports = world.servers.map(({ port }) => port)
  const queue = inputs.entries()
  const clients = Array.from({ length: AT_ONCE }, async () => {
    for (const [index, input] of queue) {
      const { status, failure } = await send(ports[index % ports.length] ?? 0, input)
      byStatus[status] = (byStatus[status] ?? 0) + 1
      if (failure !== undefined) failures.push(failure)
    }
  })
  await Promise.all(clients)
  report.figure('requests', inputs.length)
  report.figure('by status', JSON.stringify(byStatus))
  const shown =
    failures.length === 0 ? 'none' : `${failures.length}\n    ${failures.slice(0, 20).join('\n    ')}`
  report.expect('failures, and refusals that are no known problem', failures.length === 0, shown)
  await expectCleanBooks(report, world.database)
})

async function generate(world: AttackWorld, count: number): Promise<RandomRequest[]> {
  const { servers, workspaces, operatorKey } = world
  const things = await createThings(world)
  const response = await fetch(`http://127.0.0.1:${servers[0]?.port}/openapi.json`)
  const keys = workspaces.map(({ caller }) => ({ key: caller.key }))
  const requests = randomRequests({
    document: (await response.json()) as ApiDocument,
    ids: Object.values(things),
    callers: [...keys, { key: operatorKey }, { key: operatorKey, workspace: things.workspaces ?? '' }],
    nowMs: Date.now(),
    without: new Set([
      // The response never ends.
      'GET /v1/events',
      // Hashing passwords takes long, and the limit of sign-ins would answer the rest.
      'POST /v1/sign-up',
      'POST /v1/sign-in',
      // With random amounts it would keep buying for hours.
      'PUT /v1/auto-reload',
    ]),
  })
  return fc.sample(requests, { numRuns: count })
}

async function send(port: number, { method, path, options }: RandomRequest) {
  const { key, workspace, idempotencyKey, body, headers } = options
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const about = `${method} ${path} ${text?.slice(0, 200) ?? ''}`
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(workspace !== undefined && { 'talktime-workspace': workspace }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && method !== 'GET' && { body: text }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    })
    return { status: response.status, failure: await findFailure(response, about) }
  } catch (error) {
    return { status: 0, failure: `${about}: ${String(error)}` }
  }
}

/** Returns what is wrong with an answer; undefined: nothing. */
async function findFailure(response: Response, about: string): Promise<string | undefined> {
  const text = await response.text()
  if (response.status < 400) return undefined
  const where = `${about} → ${response.status} ${text.slice(0, 200)}`
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return where
  const { code, status } = JSON.parse(text) as { code: string; status: number }
  const isKnown = problemRegistry[code]?.status === response.status && status === response.status
  const isTemporary = code === 'overloaded' || code === 'unavailable'
  return isKnown && (response.status < 500 || isTemporary) ? undefined : where
}
