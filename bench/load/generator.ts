import { percentile } from '../stopwatch.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Caller, makeCall } from './make-call.ts'

/** The load to generate. */
export type LoadJob = {
  readonly port: number
  readonly callers: readonly Caller[]
  readonly connections: number
  /** Load before the measurement starts. */
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Calls started per second, evenly spaced, whether or not earlier ones are over. Null: as many as possible. */
  readonly callsPerSecond: number | null
}

/** What the generator measured. Latencies are in milliseconds. */
export type LoadResult = {
  /** Calls ended per second. */
  readonly callsPerSecond: number
  /**
   * From the time at which a call was due to the response to its authorization. With a fixed rate, waiting for a free
   * connection counts.
   */
  readonly authorizeMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** The generator's own processor time per call, in microseconds, which it takes away from the server. */
  readonly ownMicrosecondsPerCall: number
}

// The process runs one job, which arrives as a message.
process.once('message', (job: LoadJob) => {
  runJob(job).then(
    (result) => process.send?.({ result }, () => process.exit()),
    (error: Error) => process.send?.({ error: error.message }, () => process.exit(1)),
  )
})

async function runJob(job: LoadJob): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.port)),
  )
  const measured = { latenciesMs: [] as number[], ended: 0, cpu: process.cpuUsage() }
  const startsMs = performance.now() + job.warmUpSeconds * 1000
  const endsMs = startsMs + job.seconds * 1000
  setTimeout(() => {
    measured.cpu = process.cpuUsage()
  }, job.warmUpSeconds * 1000)

  let number = 0
  async function call(connection: Connection, dueMs: number): Promise<void> {
    const caller = job.callers[number % job.callers.length]
    if (caller === undefined) throw new Error('There is no workspace to make calls from')
    number += 1
    await makeCall(connection, caller, () => {
      const nowMs = performance.now()
      if (dueMs >= startsMs && dueMs < endsMs) measured.latenciesMs.push(nowMs - dueMs)
    })
    const nowMs = performance.now()
    if (nowMs >= startsMs && nowMs < endsMs) measured.ended += 1
  }

  if (job.callsPerSecond === null) {
    await Promise.all(
      connections.map(async (connection) => {
        for (let nowMs = performance.now(); nowMs < endsMs; nowMs = performance.now())
          await call(connection, nowMs)
      }),
    )
  } else {
    await runAtFixedRate(job.callsPerSecond, endsMs, connections, call)
  }
  const cpu = process.cpuUsage(measured.cpu)
  for (const connection of connections) connection.close()
  return {
    callsPerSecond: measured.ended / job.seconds,
    authorizeMs: {
      p50: percentile(measured.latenciesMs, 0.5),
      p99: percentile(measured.latenciesMs, 0.99),
      max: percentile(measured.latenciesMs, 1),
    },
    ownMicrosecondsPerCall: (cpu.user + cpu.system) / measured.ended,
  }
}

/** Starts calls at evenly spaced times until `endsMs`, each on a free connection. */
function runAtFixedRate(
  callsPerSecond: number,
  endsMs: number,
  connections: readonly Connection[],
  call: (connection: Connection, dueMs: number) => Promise<void>,
): Promise<void> {
  const free = [...connections]
  const startedMs = performance.now()
  let startedCount = 0
  return new Promise((resolve, reject) => {
    const timer = setInterval(startDueCalls, 1)
    function startDueCalls(): void {
      for (;;) {
        const dueMs = startedMs + (startedCount * 1000) / callsPerSecond
        if (dueMs >= endsMs && free.length === connections.length) {
          clearInterval(timer)
          resolve()
          return
        }
        const connection = dueMs <= performance.now() && dueMs < endsMs ? free.pop() : undefined
        if (connection === undefined) return
        startedCount += 1
        call(connection, dueMs).then(() => {
          free.push(connection)
          startDueCalls()
        }, reject)
      }
    }
  })
}
