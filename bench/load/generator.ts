import { percentile } from '../stopwatch.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Caller, wholeCall } from './whole-call.ts'

/** What a load generator is told to do. */
export type LoadJob = {
  readonly port: number
  readonly callers: readonly Caller[]
  readonly connections: number
  /** Load before the measurement begins. */
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Calls begun a second, at even distances, whether or not earlier ones are over. Null: as many as go through. */
  readonly callsPerSecond: number | null
}

/** What it measured. Latencies in milliseconds. */
export type LoadResult = {
  /** Calls ended a second. */
  readonly callsPerSecond: number
  /**
   * From the moment a call was to begin to the answer of its authorization. With a fixed rate, a call that had to
   * wait for a connection has waited since the moment it was due.
   */
  readonly authorizeMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** The generator's own processor time a call, in microseconds: what it takes away from the server. */
  readonly ownMicrosecondsPerCall: number
}

// The process is started for one job, which comes as a message.
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
    if (caller === undefined) throw new Error('There is no workspace to call from')
    number += 1
    await wholeCall(connection, caller, () => {
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
    await atFixedRate(job.callsPerSecond, endsMs, connections, call)
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

/** Begins a call at every due moment until `endsMs`, on the first connection that is free. */
function atFixedRate(
  callsPerSecond: number,
  endsMs: number,
  connections: readonly Connection[],
  call: (connection: Connection, dueMs: number) => Promise<void>,
): Promise<void> {
  const free = [...connections]
  const beganMs = performance.now()
  let begun = 0
  return new Promise((resolve, reject) => {
    const timer = setInterval(beginDue, 1)
    function beginDue(): void {
      for (;;) {
        const dueMs = beganMs + (begun * 1000) / callsPerSecond
        if (dueMs >= endsMs && free.length === connections.length) {
          clearInterval(timer)
          resolve()
          return
        }
        const connection = dueMs <= performance.now() && dueMs < endsMs ? free.pop() : undefined
        if (connection === undefined) return
        begun += 1
        call(connection, dueMs).then(() => {
          free.push(connection)
          beginDue()
        }, reject)
      }
    }
  })
}
