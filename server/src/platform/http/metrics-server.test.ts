import { expect, test } from 'vitest'
import { createMetrics, createMetricsText } from './metrics.ts'
import { createMetricsServer } from './metrics-server.ts'

test('a port of their own shows the metrics, and nothing else', async () => {
  const server = createMetricsServer(createMetricsText(createMetrics()))
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(await answer.text()).toContain('process_resident_memory_bytes')
  expect((await fetch(`http://127.0.0.1:${port}/v1/plans`)).status).toBe(404)
  await server.close()
})
