import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Caller } from '../../load/make-call.ts'

/** What one workspace does as fast as it is answered, on all servers. */
export type FloodJob = {
  readonly ports: readonly number[]
  readonly caller: Caller
  readonly campaignId: string
  /** How many clients do what. */
  readonly clients: Readonly<Record<FloodKind, number>>
}

export type FloodKind = 'batches' | 'starts' | 'reads' | 'exports' | 'uploads'

/** How often each kind got each status; 0: the connection broke. */
export type FloodResult = Readonly<Record<FloodKind, Readonly<Record<number, number>>>>

const script = fileURLToPath(new URL('./flood-process.ts', import.meta.url))

/** Starts a flood in a process of its own. */
export async function startFlood(job: FloodJob): Promise<{ stop(): Promise<FloodResult> }> {
  const child = fork(script)
  child.send(job)
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        child.once('message', (message) => resolve(message as FloodResult))
        child.once('exit', (code) => reject(new Error(`The flood exited without a result (${code})`)))
        child.send('stop')
      }),
  }
}
