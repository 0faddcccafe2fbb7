// A server that may open few files: it refuses to start with a sentence, or keeps answering calls while strangers hold all
// the connections that they get.
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { runServer } from '../../server/test/start-server.ts'
import { attack, type Report } from './kit/attack.ts'
import { startCallLoad } from './kit/call-load.ts'
import { expectNothingLost, expectQuickAuthorizations } from './kit/expect-calls.ts'
import { type AttackWorld, expectCleanBooks, openWorld } from './kit/world.ts'

const P99_MS_MAX = 250

await attack('file-handles', async (report) => {
  const world = await openWorld(report, { servers: 0 })
  await expectRefusal(report)
  const server = await world.addServer({ through: limitFiles(192) })
  const load = await startCallLoad({
    ports: [server.port],
    callers: world.workspaces.map(({ caller }) => caller),
    callsPerSecond: 20,
  })
  await pause(1_000)
  load.reset()
  const strangers = holdConnections(server.port, report.isShort ? 300 : 1_000)
  report.defer(async () => strangers.close())
  await pause(report.isShort ? 4_000 : 20_000)
  await expectReady(report, world)
  const result = await load.stop()
  report.figure('connections that strangers were refused or lost', strangers.closed())
  expectQuickAuthorizations(report, result, P99_MS_MAX)
  const failed = Object.entries(result.starts).filter(([status]) => status !== '201')
  report.expect('every call was authorized', failed.length === 0, JSON.stringify(result.starts))
  await expectNothingLost(report, world.database, result.acknowledged)
  await expectCleanBooks(report, world.database)
})

/** A command that runs a program that may open only a number of files. */
function limitFiles(count: number): string[] {
  return ['/bin/sh', '-c', `ulimit -n ${count}; exec "$@"`, 'sh']
}

async function expectRefusal(report: Report): Promise<void> {
  const server = runServer({ TALKTIME_DATA_DIR: '/nonexistent' }, limitFiles(64))
  const code = await server.ended
  const sentence = server.stderr().trim().split('\n').at(-1) ?? ''
  report.expect('64 handles: it does not start', code === 1, `exit ${code}`)
  report.expect('and says why', /may open 64 files/.test(sentence), sentence)
}

/**
 * A probe has no key, so among the strangers it is one of them, and its connection may be refused. Like the probes of a
 * load balancer, it counts a server as away after three tries.
 */
async function expectReady(report: Report, { servers }: AttackWorld): Promise<void> {
  for (const { port } of servers) {
    const tries: (number | string)[] = []
    while (tries.at(-1) !== 200 && tries.length < 3) tries.push(await probe(port))
    report.expect('/readyz within three tries', tries.at(-1) === 200, tries.join(', '))
  }
}

async function probe(port: number): Promise<number | string> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status,
    () => 'refused',
  )
}

/** Keeps connections open on which nothing is sent, and opens each again when the server closes it. */
function holdConnections(port: number, count: number) {
  const sockets = new Set<Socket>()
  let closed = 0
  let isOver = false
  function open(): void {
    if (isOver) return
    const socket = connect(port, '127.0.0.1')
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      closed += 1
      setTimeout(open, 500)
    })
  }
  for (let index = 0; index < count; index += 1) open()
  return {
    closed: () => closed,
    close() {
      isOver = true
      for (const socket of sockets) socket.destroy()
    },
  }
}
