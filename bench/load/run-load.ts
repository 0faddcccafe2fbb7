import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadJob, LoadResult } from './generator.ts'

const generator = fileURLToPath(new URL('./generator.ts', import.meta.url))

/** Runs the load generator in a process of its own and returns what it measured. */
export function runLoad(job: LoadJob): Promise<LoadResult> {
  const child = fork(generator)
  return new Promise((resolve, reject) => {
    child.once('message', (message: { result: LoadResult } | { error: string }) =>
      'result' in message ? resolve(message.result) : reject(new Error(message.error)),
    )
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The load generator exited without a result (${code})`)))
    child.send(job)
  })
}
