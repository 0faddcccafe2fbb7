import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Caller } from '../../load/make-call.ts'
import type { AcknowledgedCall } from './call-load.ts'

/** Many connections at once, each of which starts and ends calls as fast as it is answered. */
export type StormJob = {
  readonly port: number
  readonly callers: readonly Caller[]
  readonly connections: number
  readonly seconds: number
}

type Latencies = { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number }

export type StormResult = {
  /** Requests that were admitted, from sending them to their answer, in milliseconds. */
  readonly admittedMs: Latencies
  /** Requests that were answered 503. */
  readonly refusedMs: Latencies
  /** Connections that were not opened, or were closed by the server. */
  readonly closed: number
  /** Answers with any other status, by status. */
  readonly others: Readonly<Record<number, number>>
  readonly acknowledged: readonly AcknowledgedCall[]
}

const script = fileURLToPath(new URL('./storm-process.ts', import.meta.url))

/** Runs a storm in a process of its own. */
export function runStorm(job: StormJob): Promise<StormResult> {
  const child = fork(script)
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as StormResult))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The storm exited without a result (${code})`)))
    child.send(job)
  })
}
