import type { Access } from '../access/index.ts'
import type { Boundaries } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { inOneSnapshot } from '../platform/database/snapshot.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { keepSplits } from './mixed-rows.ts'
import { readRange } from './range.ts'
import { RangeBody, rangeBody, SummaryBody, summaryBody } from './representation.ts'
import { readSummary } from './summary.ts'
import { resolveWindow, WindowQuery } from './window.ts'

export type UsageParts = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly boundaries: Boundaries
}

/** What was used: each answer is read in one snapshot, so that nothing in it disagrees. */
export function usageRoutes(parts: UsageParts): Routes {
  const { access, database, clock, boundaries } = parts
  return async (server) => {
    server.get(
      '/v1/usage/summary',
      {
        schema: {
          tags: ['Usage'],
          summary: 'This month, today, the balance and the budget',
          response: { 200: SummaryBody },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const nowMs = clock.now()
        await boundaries.catchUpIfDue(workspaceId, nowMs)
        const summary = await inOneSnapshot(database, (tx) => readSummary(tx, workspaceId, nowMs))
        return summaryBody(summary, nowMs)
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
          response: { 200: RangeBody },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const nowMs = clock.now()
        const { window, usage } = await inOneSnapshot(database, async (tx) => {
          const window = await resolveWindow(tx, workspaceId, request.query, nowMs)
          return { window, usage: await readRange(tx, workspaceId, window) }
        })
        await keepSplits(database, workspaceId, window.timeZone, usage.splits)
        return rangeBody(window, usage, nowMs)
      },
    )
  }
}
