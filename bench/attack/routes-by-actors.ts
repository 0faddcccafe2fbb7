// Every operation of the published API, by everybody: nobody succeeds with what is not theirs, what belongs to another
// workspace looks as if it did not exist, and no request makes a server fail.
import fc from 'fast-check'
import type { ApiDocument } from '../../server/test/random-requests.ts'
import { type Schema, valueFor } from '../../server/test/random-values.ts'
import { type AttackActor, createActors } from './kit/actors.ts'
import { attack } from './kit/attack.ts'
import { isForOperator, isPublic, isReport, type Operation } from './kit/permissions.ts'
import { createThings, type Things } from './kit/victim.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

/** An operation, and how its bodies are generated. */
type KnownOperation = Operation & {
  readonly bodyOf: (seed: number) => string | undefined
  readonly type: string
}

type Finding = { readonly what: 'success' | 'failure' | 'visible'; readonly text: string }

await attack('routes-by-actors', async (report) => {
  const world = await openWorld(report, { workspaces: 2 })
  const things = await createThings(world)
  const operations = await readOperations(world, things)
  const [victim] = world.workspaces
  if (victim === undefined) throw new Error('There is no workspace')
  const actors = await createActors(world, victim)
  const bodies = report.isShort ? 1 : 4
  const findings: Finding[] = []
  let requests = 0
  let refused = 0
  // Actors with fewer rights come first, so that what the others delete is still there for them.
  for (const actor of actors) {
    for (const operation of operations) {
      if (!actor.mustFail(operation) && operation.method !== 'GET') continue
      for (let seed = 0; seed < bodies; seed += 1) {
        const port = world.servers[seed % world.servers.length]?.port ?? 0
        const answer = await send(port, actor, operation, things, seed)
        requests += 1
        if ([401, 403, 404].includes(answer.status)) refused += 1
        findings.push(...judge(actor, operation, answer))
      }
    }
  }
  const show = (what: Finding['what']) => {
    const texts = [...new Set(findings.filter((one) => one.what === what).map(({ text }) => text))]
    return {
      none: texts.length === 0,
      text: texts.length === 0 ? 'none' : `${texts.length}\n    ${texts.slice(0, 40).join('\n    ')}`,
    }
  }
  report.figure('requests', `${requests}: ${operations.length} operations, ${actors.length} actors`)
  report.figure('refused as not theirs', refused)
  for (const [what, title] of [
    ['success', 'successes where none is allowed'],
    ['visible', 'things of another workspace that are not 404'],
    ['failure', 'failures of the server'],
  ] as const) {
    const { none, text } = show(what)
    report.expect(title, none, text)
  }
  await expectCleanBooks(report, world.database)
})

type Answer = { readonly status: number; readonly text: string }

function judge(actor: AttackActor, operation: Operation, { status, text }: Answer): Finding[] {
  const about = `${actor.name}: ${operation.method} ${operation.path} → ${status}`
  const findings: Finding[] = []
  if (status >= 500 && !isTemporary(status, text))
    findings.push({ what: 'failure', text: `${about} ${text.slice(0, 200)}` })
  if (status < 400 && actor.mustFail(operation)) findings.push({ what: 'success', text: about })
  // What is wrong with the request itself may be said first: that shows nothing of the workspace.
  const isHidden =
    [400, 401, 404, 413, 415, 422].includes(status) || (status === 403 && isClosedToPeople(operation))
  if (actor.isStranger && !isPublic(operation) && actor.mustFail(operation) && !isHidden)
    findings.push({ what: 'visible', text: about })
  return findings
}

/** Whether an operation is refused to everybody like this actor, whatever it names: that shows nothing of the workspace. */
function isClosedToPeople(operation: Operation): boolean {
  return isForOperator(operation) || isReport(operation)
}

/** Whether a server only says that it cannot do this now. */
function isTemporary(status: number, text: string): boolean {
  return status === 503 && /"code":"(overloaded|unavailable)"/.test(text)
}

async function send(
  port: number,
  actor: AttackActor,
  operation: KnownOperation,
  things: Things,
  seed: number,
): Promise<Answer> {
  const segment = operation.path.split('/')[2] ?? ''
  const path = operation.path.replaceAll(/\{\w+\}/g, () => things[segment] ?? 'unknown')
  const body = operation.bodyOf(seed)
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: operation.method,
    headers: { ...actor.headers, ...(body !== undefined && { 'content-type': operation.type }) },
    ...(body !== undefined && { body }),
    redirect: 'manual',
  })
  return { status: response.status, text: await response.text() }
}

async function readOperations({ servers }: AttackWorld, things: Things): Promise<KnownOperation[]> {
  const response = await fetch(`http://127.0.0.1:${servers[0]?.port}/openapi.json`)
  const document = (await response.json()) as ApiDocument
  const context = {
    schemas: document.components.schemas,
    ids: Object.values(things),
    nowMs: Date.now(),
  }
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      // This answer would never end.
      .filter(([method]) => `${method} ${path}` !== 'get /v1/events')
      .map(([method, { requestBody }]) => {
        const [[type = 'application/json', sent] = []] = Object.entries(requestBody?.content ?? {})
        const bodyOf = (seed: number) => (sent ? createBody(context, type, sent.schema, seed) : undefined)
        return { method: method.toUpperCase(), path, type, bodyOf }
      }),
  )
}

function createBody(
  context: Parameters<typeof valueFor>[0],
  type: string,
  schema: Schema,
  seed: number,
): string {
  if (type === 'text/csv') return 'phone\n+14155550123\n'
  const [agentId] = context.ids.filter((id) => id.startsWith('agt_'))
  if (type === 'application/x-ndjson') return JSON.stringify({ type: 'start', agentId, direction: 'web' })
  const [value] = fc.sample(valueFor(context, schema), { numRuns: 1, seed })
  return JSON.stringify(value ?? {})
}
