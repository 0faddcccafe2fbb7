// 2,000 connections at once, all of which start and end calls as fast as they are answered. What is admitted is quick, the
// rest is refused quickly, and memory stays small.
import { readFileSync } from 'node:fs'
import { attack } from './kit/attack.ts'
import { expectNothingLost } from './kit/expect-calls.ts'
import { runStorm } from './kit/storm.ts'
import { expectCleanBooks, openWorld } from './kit/world.ts'

const MEMORY_MB_MAX = 400

await attack('connections', async (report) => {
  const p99MsMax = report.withinMs(250)
  const refusedMsMax = report.withinMs(500)
  const world = await openWorld(report, { workspaces: 100 })
  const connections = report.isShort ? 400 : 2_000
  const callers = world.workspaces.map(({ caller }) => caller)
  const [server] = world.servers
  if (server === undefined) throw new Error('There is no server')
  await runStorm({ port: server.port, callers, connections: 32, seconds: report.isShort ? 1 : 3 })
  const storm = await runStorm({ port: server.port, callers, connections, seconds: report.isShort ? 4 : 20 })
  const format = ({ count, p50, p99, max }: typeof storm.admittedMs) =>
    `${count}, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, at most ${max.toFixed(0)} ms`
  const { admittedMs, refusedMs, closed, others, acknowledged } = storm
  report.figure('connections', connections)
  report.expect(`admitted with p99 < ${p99MsMax} ms`, admittedMs.p99 < p99MsMax, format(admittedMs))
  const isQuick = refusedMs.count === 0 || refusedMs.p99 < refusedMsMax
  report.expect(`answered 503 with p99 < ${refusedMsMax} ms`, isQuick, format(refusedMs))
  report.figure('connections closed', closed)
  report.expect('no other answer', Object.keys(others).length === 0, JSON.stringify(others))
  const memoryMb = readPeakMemoryMb(server.pid)
  report.expect(`memory < ${MEMORY_MB_MAX} MB`, memoryMb < MEMORY_MB_MAX, `${memoryMb.toFixed(0)} MB at most`)
  await expectNothingLost(report, world.database, acknowledged)
  await expectCleanBooks(report, world.database)
})

/** Reads the most memory that a process has had. */
function readPeakMemoryMb(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
