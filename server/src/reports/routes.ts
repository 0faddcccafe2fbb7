import { z } from 'zod'
import type { Access } from '../access/index.ts'
import { keepSplits } from '../costs/price-change-days.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { instantOf } from '../platform/http/instant.ts'
import { endWhenStalled } from './end-stalled-download.ts'
import { createExporter } from './export.ts'
import { readRange } from './range.ts'
import { RangeResponse, rangeResponse, SummaryResponse, summaryResponse } from './response-schemas.ts'
import { readSummary } from './summary.ts'
import { resolveWindow, WindowQuery } from './window.ts'

const STALLED_MS_MAX = 2 * 60_000

const exportDescription = `
The calls that make up the total of the same window, by the instant at which they ended: duration_ms adds up to it, to
the millisecond. Instants are in UTC; time_zone is the one in which the window's days are meant. After the columns that
count credits stand cost and currency, what the credits cost that the call used, and unpriced_ms, how much of it has no
price that is known yet. Costs have four digits more than the currency; what a line was rounded by, the next one makes
good, so that they add up to the window's cost exactly. Texts that a spreadsheet would take for a formula are led by an
apostrophe.`

export type UsageDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  /** How long a reader of an export may take no byte, in milliseconds. */
  readonly exportStalledMsMax?: number | undefined
}

/** What was used: each answer is read in one snapshot, so that nothing in it disagrees. */
export function usageRoutes(deps: UsageDeps): Routes {
  const { access, database, clock, ledger, exportStalledMsMax = STALLED_MS_MAX } = deps
  const exporter = createExporter(database)
  return async (server) => {
    server.get(
      '/v1/usage/summary',
      {
        schema: {
          tags: ['Usage'],
          summary: 'This month, today, the balance and the budget',
          response: { 200: SummaryResponse },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const nowMs = clock.now()
        await ledger.catchUpIfDue(workspaceId)
        const summary = await readInSnapshot(database, (tx) => readSummary(tx, workspaceId, nowMs))
        return summaryResponse(summary, nowMs)
      },
    )

    server.get(
      '/v1/usage/range',
      {
        schema: {
          tags: ['Usage'],
          summary: 'A window of local days: total, days, agents',
          description:
            'A call counts on the local day on which it ended, as soon as it has; calls without a conversation do not.',
          querystring: WindowQuery,
          response: { 200: RangeResponse },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const nowMs = clock.now()
        const { window, usage } = await readInSnapshot(database, async (tx) => {
          const window = await resolveWindow(tx, workspaceId, request.query, nowMs)
          return { window, usage: await readRange(tx, workspaceId, window) }
        })
        await keepSplits(database, workspaceId, window.timeZone, usage.splits)
        return rangeResponse(window, usage, nowMs)
      },
    )

    server.get(
      '/v1/usage/export.csv',
      {
        exposeHeadRoute: false,
        schema: {
          tags: ['Usage'],
          summary: 'The calls of a window, as a CSV file',
          description: exportDescription,
          querystring: WindowQuery.extend({
            workspaceId: z.string().optional().meta({
              description: 'For links, which have no headers: which of your workspaces.',
            }),
          }),
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
}
