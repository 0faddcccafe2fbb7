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

/** Creates the route /metrics. */
export function metricsRoutes(metrics: Metrics): Routes {
  return async (server) => {
    server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      reply.header('content-type', metrics.registry.contentType)
      return metrics.registry.metrics()
    })
  }
}
