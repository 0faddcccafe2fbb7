// One workspace floods both servers with batches, exports, uploads and reads. The calls of another one stay quick.
import { setTimeout as pause } from 'node:timers/promises'
import { createCampaign } from './kit/api.ts'
import { attack } from './kit/attack.ts'
import { startCallLoad } from './kit/call-load.ts'
import { expectNothingLost, expectQuickAuthorizations } from './kit/expect-calls.ts'
import { startFlood } from './kit/flood.ts'
import { expectCleanBooks, openWorld } from './kit/world.ts'

/**
 * The attack keeps thirty connections of PostgreSQL busy. On two cores, which servers, PostgreSQL and clients share, each
 * step of a call waits for its turn at the processor; what is tested is that it waits for nothing else.
 */
const P99_MS_MAX = 1_500

await attack('noisy-neighbor', async (report) => {
  const world = await openWorld(report)
  const ports = world.servers.map(({ port }) => port)
  const [noisy, ...quiet] = world.workspaces
  if (noisy === undefined || ports[0] === undefined) throw new Error('There is no workspace')
  const campaignId = await createCampaign(ports[0], noisy.caller.key, noisy.caller.agentId)
  const load = await startCallLoad({
    ports,
    callers: quiet.map(({ caller }) => caller),
    callsPerSecond: 30,
  })
  await pause(2_000)
  load.reset()
  const flood = await startFlood({
    ports,
    caller: noisy.caller,
    campaignId,
    clients: { batches: 16, starts: 64, reads: 64, exports: 16, uploads: 16 },
  })
  await pause(report.isShort ? 4_000 : 30_000)
  const answers = await flood.stop()
  const result = await load.stop()
  for (const [what, byStatus] of Object.entries(answers))
    report.figure(`${what} of the noisy workspace`, JSON.stringify(byStatus))
  const failures = Object.values(answers)
    .flatMap((byStatus) => Object.keys(byStatus))
    .filter((status) => status === '500')
  report.expect('no 500', failures.length === 0, failures.length)
  expectQuickAuthorizations(report, result, P99_MS_MAX)
  const failed = Object.keys(result.starts).filter((status) => status !== '201')
  report.expect('every call of the others was authorized', failed.length === 0, JSON.stringify(result.starts))
  await expectNothingLost(report, world.database, result.acknowledged)
  await expectCleanBooks(report, world.database)
})
