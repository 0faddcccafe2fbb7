// Clients that send their headers, bodies and files a byte at a time, and clients that never read their answers, while calls
// are authorized.
import { setTimeout as pause } from 'node:timers/promises'
import { createCampaign } from './kit/api.ts'
import { attack, type Report } from './kit/attack.ts'
import { startCallLoad } from './kit/call-load.ts'
import { expectNothingLost, expectQuickAuthorizations } from './kit/expect-calls.ts'
import { openSlowSockets, type SlowSockets } from './kit/slow-sockets.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

const P99_MS_MAX = 250
/** Slow headers end after 10 seconds, slow bodies after 15, and both are looked for once a second. */
const HELD_MS_MAX = 20_000
/** Uploads of one workspace take turns, and there are two. */
const UPLOAD_HELD_MS_MAX = 2 * HELD_MS_MAX

await attack('slow-clients', async (report) => {
  const world = await openWorld(report)
  const ports = world.servers.map(({ port }) => port)
  const [attacker, ...others] = world.workspaces
  if (attacker === undefined) throw new Error('There is no workspace')
  const load = await startCallLoad({
    ports,
    callers: others.map(({ caller }) => caller),
    callsPerSecond: 40,
  })
  await pause(1_000)
  load.reset()
  const slow = await openSlowClients(report, world, report.isShort ? 0.2 : 1)
  await pause(UPLOAD_HELD_MS_MAX + 2_000)
  const result = await load.stop()
  for (const [what, sockets] of Object.entries(slow)) {
    const figures = `${sockets.ended()} ended by the server, ${JSON.stringify(sockets.answers())}, within ${(sockets.heldMsMax() / 1000).toFixed(1)} s`
    if (what === 'readers') report.figure(what, figures)
    else
      report.expect(
        `${what} end`,
        sockets.count === sockets.ended() &&
          sockets.heldMsMax() < (what === 'uploads' ? UPLOAD_HELD_MS_MAX : HELD_MS_MAX),
        figures,
      )
    sockets.close()
  }
  expectQuickAuthorizations(report, result, P99_MS_MAX)
  const failed = Object.keys(result.starts).filter((status) => status !== '201')
  report.expect('every call was authorized', failed.length === 0, JSON.stringify(result.starts))
  await expectNothingLost(report, world.database, result.acknowledged)
  await expectCleanBooks(report, world.database)
})

/** Opens slow clients of every kind at every server; `share` scales their numbers. */
async function openSlowClients(
  report: Report,
  { servers, workspaces }: AttackWorld,
  share: number,
): Promise<Record<string, SlowSockets & { readonly count: number }>> {
  const [server] = servers
  const [attacker] = workspaces
  if (server === undefined || attacker === undefined) throw new Error('There is no server')
  const { port } = server
  const { key, agentId } = attacker.caller
  const campaignId = await createCampaign(port, key, agentId)
  const post = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: ${type}\r\nContent-Length: 100000\r\n\r\n`
  const open = (count: number, options: { opening: string; drip?: string; readsNothing?: boolean }) => {
    const sockets = openSlowSockets({ port, count: Math.ceil(count * share), ...options })
    report.defer(async () => sockets.close())
    return { ...sockets, count: Math.ceil(count * share) }
  }
  return {
    headers: open(500, { opening: 'GET /v1/plans HTTP/1.1\r\nHost: x\r\n', drip: 'X: y\r\n' }),
    silent: open(200, { opening: '' }),
    bodies: open(90, { opening: `${post('/v1/agents', 'application/json')}{"name":"`, drip: 'x' }),
    reports: open(90, { opening: `${post('/v1/calls', 'application/json')}{"agentId":"`, drip: 'x' }),
    batches: open(4, { opening: `${post('/v1/calls/batch', 'application/x-ndjson')}{`, drip: ' ' }),
    uploads: open(2, {
      opening: `${post(`/v1/campaigns/${campaignId}/contacts`, 'text/csv')}phone\n`,
      drip: '+',
    }),
    readers: open(60, {
      opening: 'GET /docs/js/scalar.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(4),
      readsNothing: true,
    }),
  }
}
