import { setTimeout as pause } from 'node:timers/promises'
import { connectHttp } from '../../../server/test/http-client.ts'

/** One answer of /readyz. */
export type Readiness = {
  readonly atMs: number
  readonly tookMs: number
  readonly status: number
  readonly failing: readonly string[]
}

export type ReadinessWatch = {
  /** Everything answered so far, by `performance.now()`. */
  readonly seen: readonly Readiness[]
  /** Resolves when the server is ready again. */
  untilReady(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 100

/** Asks a server ten times a second whether it is ready, as an impatient load balancer would. */
export function watchReadiness(port: number): ReadinessWatch {
  const client = connectHttp(`http://127.0.0.1:${port}`, { connectionsMax: 1, headers: {} })
  const seen: Readiness[] = []
  let isOver = false

  async function ask(): Promise<void> {
    const atMs = performance.now()
    const { status, text } = await client.send('GET', '/readyz')
    const { failing = [] } = JSON.parse(text) as { failing?: string[] }
    seen.push({ atMs, tookMs: performance.now() - atMs, status, failing })
  }

  async function run(): Promise<void> {
    while (!isOver) {
      await ask()
      await pause(EVERY_MS)
    }
  }

  const running = run()
  return {
    seen,
    async untilReady() {
      const from = seen.length
      while (!seen.slice(from).some(({ status }) => status === 200)) await pause(EVERY_MS / 2)
    },
    async stop() {
      isOver = true
      await running
      client.close()
    },
  }
}
