import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Caller } from '../../load/make-call.ts'

/** Whole calls at a fixed rate: authorize, answer, end. */
export type CallLoadJob = {
  /** The servers' ports. The reports of one call go to different servers in turn. */
  readonly ports: readonly number[]
  readonly callers: readonly Caller[]
  readonly callsPerSecond: number
  /** How long an answer is waited for, in milliseconds. By default 30 seconds. */
  readonly answerMsMax?: number
}

/** A call as far as a server has acknowledged it. */
export type AcknowledgedCall = {
  readonly id: string
  readonly answered: boolean
  /** What the end was acknowledged to cost, in milliseconds; null: the end was not acknowledged. */
  readonly chargedMs: number | null
}

export type CallLoadResult = {
  /** From when a call was due to the response to its authorization, in milliseconds. Only those that were admitted. */
  readonly authorizeMs: {
    readonly count: number
    readonly p50: number
    readonly p99: number
    readonly max: number
  }
  /** How many authorizations had each status. 0: no response, because the connection broke or nothing came in time. */
  readonly starts: Readonly<Record<number, number>>
  /** How long authorizations took that failed, in milliseconds. */
  readonly failedMs: { readonly p99: number; readonly max: number }
  /** How often a report had to be sent again. */
  readonly reportsRepeated: number
  readonly acknowledged: readonly AcknowledgedCall[]
}

export type CallLoad = {
  /** Starts no more calls, finishes those in progress, and returns what was measured. */
  stop(): Promise<CallLoadResult>
  /** Forgets the latencies measured so far, for example those of a warm-up. What was acknowledged is kept. */
  reset(): void
}

const script = fileURLToPath(new URL('./call-load-process.ts', import.meta.url))

/** Starts the load in a process of its own, so that the attack's own work does not delay what is measured. */
export async function startCallLoad(job: CallLoadJob): Promise<CallLoad> {
  const child = fork(script)
  child.send(job)
  return {
    reset: () => void child.send('reset'),
    async stop() {
      const result = waitForResult(child)
      child.send('stop')
      return result
    },
  }
}

function waitForResult(child: ChildProcess): Promise<CallLoadResult> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as CallLoadResult))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The call load exited without a result (${code})`)))
  })
}
