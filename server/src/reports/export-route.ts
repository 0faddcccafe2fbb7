import { MINUTE_MS } from '@talktime/core/time/durations'
import { z } from 'zod'
import type { Access } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer } from '../platform/http/http-server.ts'
import { instantOf } from '../platform/http/instant.ts'
import { endWhenStalled } from './end-stalled-download.ts'
import { createExporter } from './export.ts'
import { WindowQuery } from './window.ts'

const STALLED_MS_MAX = 2 * MINUTE_MS

const exportDescription = `
The calls that make up the total of this window, in the order in which they ended: duration_ms adds up to the total, to
the millisecond. Instants are in UTC; time_zone is the zone of the window's days. cost and currency say what the credits
cost that the call used, and unpriced_ms how much of it has no known price yet. Costs have four digits more than the
currency. What one line is rounded by is carried over to the next, so the lines add up to the window's cost exactly. A
text that a spreadsheet would take for a formula starts with an apostrophe.`

const ExportQuery = WindowQuery.extend({
  workspaceId: z.string().optional().meta({
    description: 'Which of your workspaces. For links, which cannot send headers.',
  }),
})

export type ExportRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly exportStalledMsMax?: number | undefined
}

export function addExportRoute(server: HttpServer, deps: ExportRouteDeps): void {
  const { access, database, clock, exportStalledMsMax = STALLED_MS_MAX } = deps
  const exporter = createExporter(database)
  server.get(
    '/v1/usage/export.csv',
    {
      exposeHeadRoute: false,
      // The exporter bounds them.
      config: { importance: 'own' },
      schema: {
        tags: ['Usage'],
        summary: 'The calls of a window, as a CSV file',
        description: exportDescription,
        querystring: ExportQuery,
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const { workspaceId } = await access.scopeOf(request, { named: request.query.workspaceId })
      const nowMs = clock.now()
      const { fileName, total, file, stop } = await exporter.open(workspaceId, request.query, nowMs)
      reply.raw.once('close', stop)
      endWhenStalled(reply.raw, exportStalledMsMax)
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .header('talktime-as-of', instantOf(nowMs))
        .header('talktime-rows', String(total.calls))
        .header('talktime-total-milliseconds', String(total.usedMs))
        .send(file)
    },
  )
}
