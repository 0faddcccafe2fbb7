import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, type LoadResponse, openConnection } from '../../load/connection.ts'
import type { Caller } from '../../load/make-call.ts'
import { percentile } from '../../stopwatch.ts'
import type { AcknowledgedCall } from './call-load.ts'
import type { StormJob, StormResult } from './storm.ts'

/** A refused client comes back after the second that `Retry-After` says, as the SDKs of HTTP do, give or take a half. */
const retryMs = () => 1_000 + (Math.random() - 0.5) * 1_000

const admittedMs: number[] = []
const refusedMs: number[] = []
const others: Record<number, number> = {}
const acknowledged: AcknowledgedCall[] = []
let closed = 0

process.once('message', (job: StormJob) => {
  const untilMs = performance.now() + job.seconds * 1_000
  const clients = Array.from({ length: job.connections }, (_, index) => runClient(job, index, untilMs))
  void Promise.all(clients).then(() => process.send?.(createResult(), () => process.exit()))
})

async function runClient({ port, callers }: StormJob, index: number, untilMs: number): Promise<void> {
  const caller = callers[index % callers.length]
  if (caller === undefined) throw new Error('There is no workspace to make calls from')
  while (performance.now() < untilMs) {
    try {
      const connection = await openConnection(port)
      while (performance.now() < untilMs) await makeCall(connection, caller, untilMs)
      connection.close()
    } catch {
      closed += 1
      await pause(retryMs())
    }
  }
}

/** Starts a call and ends it, again and again until the server accepts the end. */
async function makeCall(connection: Connection, caller: Caller, untilMs: number): Promise<void> {
  const body = `{"agentId":"${caller.agentId}","direction":"outbound","to":"+14155550101"}`
  const start = await post(connection, '/v1/calls', caller, body)
  if (start.status !== 201) return void (await pause(retryMs()))
  const { id } = JSON.parse(start.body) as { id: string }
  acknowledged.push({ id, answered: false, chargedMs: null })
  while (performance.now() < untilMs) {
    const end = await post(connection, `/v1/calls/${id}/end`, caller, '{"reason":"hangup"}')
    if (end.status === 200) return void acknowledged.push({ id, answered: false, chargedMs: 0 })
    await pause(retryMs())
  }
}

async function post(
  connection: Connection,
  path: string,
  caller: Caller,
  body: string,
): Promise<LoadResponse> {
  const sentMs = performance.now()
  const response = await connection.post(path, caller.key, body)
  const tookMs = performance.now() - sentMs
  if (response.status === 200 || response.status === 201) admittedMs.push(tookMs)
  else if (response.status === 503) refusedMs.push(tookMs)
  else others[response.status] = (others[response.status] ?? 0) + 1
  return response
}

function createResult(): StormResult {
  const summarize = (values: number[]) => ({
    count: values.length,
    p50: percentile(values, 0.5),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
  })
  return {
    admittedMs: summarize(admittedMs),
    refusedMs: summarize(refusedMs),
    closed,
    others,
    acknowledged,
  }
}

// The attack may end early.
process.once('disconnect', () => process.exit())
