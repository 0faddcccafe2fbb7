import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SECOND_MS } from '@talktime/core/time/durations'
import type { MetricsText } from './metrics.ts'

/** A server of its own that shows the metrics to everybody who reaches its port. */
export type MetricsServer = {
  /** Starts listening. Returns the port. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>
  close(): Promise<void>
}

export function createMetricsServer({ contentType, read }: MetricsText): MetricsServer {
  const server = createServer({ headersTimeout: 10 * SECOND_MS }, (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    read().then(
      (text) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  // A handful of readers is all there are. Others must not take the handles of calls.
  server.maxConnections = 16
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
