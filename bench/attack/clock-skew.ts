// Two servers whose system clocks are almost ten seconds apart share one database; a third is a minute off.
import { setTimeout as pause } from 'node:timers/promises'
import { connectHttp, type HttpAnswer } from '../../server/test/http-client.ts'
import { attack, type Report } from './kit/attack.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

const CALLS = 50
const TALKED_MS = 3_000
/** What the requests of a call, and the comparison of the clocks, may add to a conversation or take from it. */
const ERROR_MS_MAX = 250

/** Sets the clock that a server's process reads. */
const ahead = (ms: number) => ({
  env: { NODE_OPTIONS: `--import=data:text/javascript,const%20now=Date.now;Date.now=()=>now()+${ms}` },
})

type Send = (path: string, body?: object) => Promise<HttpAnswer>

await attack('Clocks that differ', async (report) => {
  const world = await openWorld(report, { servers: 0, workspaces: 1 })
  const servers = [ahead(-4_900), ahead(4_900), ahead(60_000)].map((settings) => world.addServer(settings))
  const [behind, aheadOf, wrong] = (await Promise.all(servers)).map(({ port }) =>
    connect(report, world, port),
  )
  if (!behind || !aheadOf || !wrong) throw new Error('Three servers were started')
  await reportCharges(report, 'answered by the slow clock, ended by the fast one', world, [behind, aheadOf])
  await reportCharges(report, 'answered by the fast clock, ended by the slow one', world, [aheadOf, behind])
  const refused = await start(world, wrong)
  report.expect('a server that is a minute off refuses calls with 503', refused.status === 503, refused.text)
  await expectCleanBooks(report, world.database)
})

function connect(report: Report, world: AttackWorld, port: number): Send {
  const key = world.workspaces[0]?.caller.key
  const client = connectHttp(`http://127.0.0.1:${port}`, {
    connectionsMax: CALLS,
    headers: { authorization: `Bearer ${key}` },
  })
  report.defer(async () => client.close())
  return (path, body = {}) => client.send('POST', path, { body })
}

function start(world: AttackWorld, send: Send): Promise<HttpAnswer> {
  return send('/v1/calls', { agentId: world.workspaces[0]?.caller.agentId, direction: 'inbound' })
}

async function reportCharges(
  report: Report,
  what: string,
  world: AttackWorld,
  [first, second]: readonly [Send, Send],
): Promise<void> {
  const errorsMs = await Promise.all(
    Array.from({ length: CALLS }, async () => {
      const { id } = JSON.parse((await start(world, first)).text) as { id: string }
      await first(`/v1/calls/${id}/answer`)
      const answeredMs = performance.now()
      await pause(TALKED_MS)
      const talkedMs = performance.now() - answeredMs
      const { text } = await second(`/v1/calls/${id}/end`)
      const { charged } = JSON.parse(text) as { charged: { milliseconds: number } }
      return charged.milliseconds - talkedMs
    }),
  )
  const [least, most] = [Math.min(...errorsMs), Math.max(...errorsMs)].map((ms) => ms.toFixed(0))
  const isRight = errorsMs.every((ms) => Math.abs(ms) < ERROR_MS_MAX)
  report.expect(
    `${CALLS} calls of 3 s, ${what}`,
    isRight,
    `charged ${least} to ${most} ms more than was talked`,
  )
}
