import { SECOND_MS } from '@talktime/core/time/durations'
import type { FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { HttpServer, Routes } from './http-server.ts'

/** The metrics that /metrics shows. Rooms register their own in `registry`. */
export type Metrics = {
  readonly registry: Registry
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
}

/** Creates the registry with the metrics of the process and of HTTP requests. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requestSeconds = new Histogram({
    name: 'talktime_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return { registry, requestSeconds }
}

/** Measures every request, labeled with the path pattern of its route, so that identifiers create no new series. */
export function measureRequests(server: HttpServer, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.requestSeconds
      .labels(request.method, route, String(reply.statusCode))
      .observe(reply.elapsedTime / 1000)
    done()
  })
}

/** The metrics in the text format of Prometheus. */
export type MetricsText = {
  readonly contentType: string
  read(): Promise<string>
}

/** How long a text is kept, in milliseconds. Writing it takes as long as a few calls. */
const TEXT_MS_MAX = SECOND_MS

/** Creates the text of the metrics, which is written at most once a second, however many readers ask. */
export function createMetricsText({ registry }: Metrics): MetricsText {
  let text: Promise<string> | undefined
  let writtenMs = 0
  return {
    contentType: registry.contentType,
    read() {
      const nowMs = performance.now()
      if (text === undefined || nowMs - writtenMs >= TEXT_MS_MAX) {
        writtenMs = nowMs
        text = registry.metrics()
      }
      return text
    },
  }
}

/**
 * Creates the route /metrics.
 *
 * @param requireReader throws a Problem unless the sender of a request may read the metrics
 */
export function metricsRoutes(
  { contentType, read }: MetricsText,
  requireReader: (request: FastifyRequest) => Promise<void>,
): Routes {
  return async (server) => {
    server.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      await requireReader(request)
      reply.header('content-type', contentType)
      return read()
    })
  }
}
