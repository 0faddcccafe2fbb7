import { setTimeout as pause } from 'node:timers/promises'
import type { FloodJob, FloodKind } from './flood.ts'

const answers: Record<FloodKind, Record<number, number>> = {
  batches: {},
  starts: {},
  reads: {},
  exports: {},
  uploads: {},
}
let isOver = false

/** Refused clients come back sooner than they should: after a fifth of a second. */
const RETRY_MS = 200

process.once('message', (job: FloodJob) => {
  const clients = Object.entries(job.clients).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => runClient(job, kind as FloodKind, index)),
  )
  process.once('message', () => {
    isOver = true
    void Promise.all(clients).then(() => process.send?.(answers, () => process.exit()))
  })
})

async function runClient(job: FloodJob, kind: FloodKind, index: number): Promise<void> {
  for (let turn = index; !isOver; turn += 1) {
    const status = await send(job, kind, turn).catch(() => 0)
    answers[kind][status] = (answers[kind][status] ?? 0) + 1
    if (status >= 400 || status === 0) await pause(RETRY_MS)
  }
}

async function send(job: FloodJob, kind: FloodKind, turn: number): Promise<number> {
  const port = job.ports[turn % job.ports.length]
  const { method, path, type, body } = createRequest(job, kind, turn)
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${job.caller.key}`,
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(30_000),
  })
  await response.arrayBuffer()
  return response.status
}

type FloodRequest = {
  readonly method: string
  readonly path: string
  readonly type?: string
  readonly body?: string
}

const READS = [
  '/v1/usage/range?preset=all',
  '/v1/calls?limit=200',
  '/v1/transactions?limit=200',
  '/v1/usage/summary',
]

function createRequest({ caller, campaignId }: FloodJob, kind: FloodKind, turn: number): FloodRequest {
  const start = { agentId: caller.agentId, direction: 'outbound', to: '+14155550101' }
  switch (kind) {
    case 'batches': {
      const events = Array.from({ length: 500 }, (_, index) => {
        const externalId = `${process.pid}-${turn}-${index}`
        return [
          JSON.stringify({ type: 'start', ...start, externalId }),
          JSON.stringify({ type: 'end', externalId }),
        ]
      })
      return {
        method: 'POST',
        path: '/v1/calls/batch',
        type: 'application/x-ndjson',
        body: events.flat().join('\n'),
      }
    }
    case 'starts':
      return { method: 'POST', path: '/v1/calls', type: 'application/json', body: JSON.stringify(start) }
    case 'exports':
      return { method: 'GET', path: '/v1/usage/export.csv?preset=all' }
    case 'uploads': {
      const rows = Array.from(
        { length: 5_000 },
        (_, index) => `+1415${String(turn * 5_000 + index).padStart(7, '0')}`,
      )
      return {
        method: 'POST',
        path: `/v1/campaigns/${campaignId}/contacts`,
        type: 'text/csv',
        body: `phone\n${rows.join('\n')}\n`,
      }
    }
    case 'reads':
      return { method: 'GET', path: READS[turn % READS.length] ?? '' }
    default:
      throw new Error(`There is no flood of ${String(kind satisfies never)}`)
  }
}

// The attack may end early.
process.once('disconnect', () => process.exit())
