import type { Access } from '../access/index.ts'
import { savePriceSplits } from '../costs/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { addExportRoute } from './export-route.ts'
import { readRange } from './range.ts'
import { RangeResponse, rangeResponse, SummaryResponse, summaryResponse } from './response-schemas.ts'
import { readSummary } from './summary.ts'
import { resolveWindow, WindowQuery } from './window.ts'

export type UsageRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  /** How long the client of an export may accept no byte, in milliseconds. */
  readonly exportStalledMsMax?: number | undefined
}

/** Creates the routes under /v1/usage. Each response is read in one snapshot, so everything in it agrees. */
export function createUsageRoutes(deps: UsageRouteDeps): Routes {
  return async (server) => {
    addSummaryRoute(server, deps)
    addRangeRoute(server, deps)
    addExportRoute(server, deps)
  }
}

function addSummaryRoute(server: HttpServer, { access, database, clock, ledger }: UsageRouteDeps): void {
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
}

function addRangeRoute(server: HttpServer, { access, database, clock }: UsageRouteDeps): void {
  server.get(
    '/v1/usage/range',
    {
      schema: {
        tags: ['Usage'],
        summary: 'A window of local days: total, days, agents',
        description:
          'A call counts on the local day on which it ended, as soon as it has ended. Calls without a conversation do not count.',
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
      await savePriceSplits(database, workspaceId, window.timeZone, usage.splits)
      return rangeResponse(window, usage, nowMs)
    },
  )
}
