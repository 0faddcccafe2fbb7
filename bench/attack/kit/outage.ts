import { setTimeout as pause } from 'node:timers/promises'
import type { Report } from './attack.ts'
import { type CallLoad, startCallLoad } from './call-load.ts'
import { expectNothingLost } from './expect-calls.ts'
import { type ReadinessWatch, watchReadiness } from './watch-readiness.ts'
import { type AttackWorld, expectCleanBooks } from './world.ts'

/** Takes the database away from the servers, and gives it back. */
export type Outage = {
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
}

const CALLS_PER_SECOND = 100
const ANSWERED_MS_MAX = 5_000
const READY_MS_MAX = 1_000
const RECOVERED_MS_MAX = 15_000
/** Answers of /readyz that were on their way when the outage began or ended say nothing about it. */
const EDGE_MS = 1_000

/** Makes calls, takes the database away for a while, and reports what callers and load balancers saw. */
export async function reportOutage(report: Report, world: AttackWorld, outage: Outage): Promise<void> {
  const outageMs = report.isShort ? 6_000 : 20_000
  const ports = world.servers.map(({ port }) => port)
  const load = await startCallLoad({
    ports,
    callers: world.workspaces.map(({ caller }) => caller),
    callsPerSecond: CALLS_PER_SECOND,
  })
  const watches = ports.map(watchReadiness)
  await pause(3_000)
  const beganMs = performance.now()
  await outage.begin()
  await pause(outageMs)
  const endedMs = performance.now()
  await outage.end()
  await Promise.all(watches.map((watch) => watch.untilReady()))
  const recoveredMs = performance.now() - endedMs
  await pause(3_000)
  for (const watch of watches) await watch.stop()
  report.figure('outage', `${((endedMs - beganMs) / 1000).toFixed(1)} s, ${CALLS_PER_SECOND} calls a second`)
  report.expect(
    'ready again after the outage in less than 15 s',
    recoveredMs < RECOVERED_MS_MAX,
    `${recoveredMs.toFixed(0)} ms`,
  )
  expectHonestReadiness(report, watches, beganMs + EDGE_MS, endedMs)
  await expectQuickAnswers(report, world, load)
}

function expectHonestReadiness(
  report: Report,
  watches: readonly ReadinessWatch[],
  fromMs: number,
  toMs: number,
): void {
  const all = watches.flatMap(({ seen }) => seen)
  const during = all.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
  const wrong = during.filter(({ status }) => status !== 503)
  report.expect(
    '/readyz is 503 during the outage',
    wrong.length === 0,
    `${wrong.length} of ${during.length} wrong`,
  )
  const slowestMs = Math.max(...all.map(({ tookMs }) => tookMs))
  report.expect(
    '/readyz answers in less than 1 s',
    slowestMs < READY_MS_MAX,
    `at most ${slowestMs.toFixed(0)} ms`,
  )
  report.figure('/readyz named', [...new Set(during.flatMap(({ failing }) => failing))].join(', '))
}

async function expectQuickAnswers(report: Report, world: AttackWorld, load: CallLoad): Promise<void> {
  const result = await load.stop()
  const slowestMs = Math.max(result.failedMs.max, result.authorizeMs.max)
  report.expect(
    'every authorization was answered in less than 5 s',
    slowestMs < ANSWERED_MS_MAX && result.starts[0] === undefined,
    `at most ${slowestMs.toFixed(0)} ms`,
  )
  report.figure('authorizations by status', JSON.stringify(result.starts))
  report.figure('reports that were sent again', result.reportsRepeated)
  await expectNothingLost(report, world.database, result.acknowledged)
  await expectCleanBooks(report, world.database)
}
