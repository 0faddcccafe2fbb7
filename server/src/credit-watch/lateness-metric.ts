import { SECOND_MS } from '@talktime/core/time/durations'
import { Histogram, type Registry } from 'prom-client'

/**
 * Registers a metric at /metrics that shows how late the credit watch is: from the instant at which a balance crossed a
 * threshold, or at which that could be known, to the commit of everything that follows.
 *
 * @returns a function that records a lateness, in milliseconds
 */
export function createLatenessMetric(registry: Registry): (latenessMs: number) => void {
  const seconds = new Histogram({
    name: 'talktime_credit_watch_lateness_seconds',
    help: 'Time from the instant at which a balance crossed a threshold to the commit of what follows from it.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return (latenessMs) => seconds.observe(latenessMs / SECOND_MS)
}
