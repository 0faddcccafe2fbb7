import { localDateOf } from '@talktime/core/time/local-day'
import { z } from 'zod'
import { readTimeZone } from '../../access/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { LocalDate } from '../../platform/http/local-date.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import { type IdKind, uuidFrom } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { ProviderName } from '../keys/request-schemas.ts'
import { notFoundProblems } from '../problems.ts'
import { listRequests } from './request-store.ts'
import {
  KeySourceName,
  LlmRequestResponse,
  requestResponse,
  UsageResponse,
  usageResponse,
} from './response-schemas.ts'
import { readUsage } from './usage-store.ts'

const tags = ['LLM keys']
const DAYS_DEFAULT = 30

/** Usage of the gateway and its requests. */
export function llmUsageRoutes(deps: LlmDeps): Routes {
  const { access, database, clock } = deps
  return async (server) => {
    server.get(
      '/v1/llm-usage',
      {
        schema: {
          tags,
          summary: 'Requests and tokens in a window of local days',
          description:
            'Default: the last 30 days. Days are local days in the time zone that the workspace had when a request began.',
          querystring: z.object({
            from: LocalDate('from').meta({ description: 'The first local day.' }),
            to: LocalDate('to').meta({ description: 'The last local day, included.' }),
          }),
          response: { 200: UsageResponse },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const timeZone = await readTimeZone(database, workspaceId)
        const window = parseWindow(request.query, localDateOf(clock.now(), timeZone))
        const rows = await readUsage(database, workspaceId, window)
        return usageResponse(rows, { ...window, timeZone }, clock.now())
      },
    )

    server.get(
      '/v1/llm-requests',
      {
        schema: {
          tags,
          summary: 'Gateway requests, newest first',
          description: 'Requests are kept for 90 days. Their sums by day stay.',
          querystring: ListQuery.extend({
            agentId: z.string().optional(),
            callId: z.string().optional(),
            provider: ProviderName.optional(),
            keySource: KeySourceName.optional(),
            failed: z
              .enum(['true', 'false'])
              .optional()
              .meta({ description: 'true: only requests that failed.' }),
          }),
          response: { 200: listOf(LlmRequestResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, agentId, callId, ...rest } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const filter = {
          agentId: parseId('agent', agentId),
          callId: parseId('call', callId),
          provider: rest.provider ?? null,
          keySource: rest.keySource ?? null,
          failed: rest.failed === 'true',
        }
        const rows = await listRequests(database, workspaceId, filter, { beforeId, limit: limit + 1 })
        return buildPage(rows, limit, (row) => [row.id], requestResponse)
      },
    )
  }
}

function parseWindow(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  today: string,
): { from: string; to: string } {
  const to = query.to ?? today
  const from =
    query.from ??
    Temporal.PlainDate.from(to)
      .subtract({ days: DAYS_DEFAULT - 1 })
      .toString()
  if (to < from) throw invalid('/to', '"to" must not be before "from".')
  return { from, to }
}

function parseId(kind: IdKind & ('agent' | 'call'), id: string | undefined): string | null {
  if (id === undefined) return null
  const uuid = uuidFrom(kind, id)
  if (uuid === undefined)
    throw new Problem(notFoundProblems[kind], `There is no such ${kind} in this workspace.`)
  return uuid
}
