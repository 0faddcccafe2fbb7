import { Counter, Gauge } from 'prom-client'
import type { Admission } from './admission.ts'
import type { Connections } from './connection-limits.ts'
import type { Metrics } from './metrics.ts'

/** Registers how much the server has to do, and how much it refused. */
export function registerLoadMetrics(
  { registry }: Metrics,
  {
    admission,
    connections,
    readDepth,
  }: {
    readonly admission: Admission
    readonly connections: Connections
    /** Reads how many commands wait or run. */
    readonly readDepth: () => number
  },
): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  gauge('talktime_http_connections', 'Open connections of clients.', () => connections.open)
  gauge(
    'talktime_http_requests_in_progress',
    'Requests that were admitted and have no answer yet.',
    () => admission.inProgress,
  )
  gauge('talktime_call_commands_in_progress', 'Commands about calls that wait or run.', readDepth)
  counter(
    'talktime_http_connections_refused_total',
    'Connections refused because all were taken.',
    () => connections.refused,
  )
  counter(
    'talktime_http_requests_refused_total',
    'Requests refused because there was too much to do.',
    () => admission.refused,
  )
}
