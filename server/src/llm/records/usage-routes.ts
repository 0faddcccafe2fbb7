import { localDateOf } from '@talktime/core/time/local-day'
import { isDate } from '@talktime/core/time/usage-window'
import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
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

const LocalDate = (name: string) =>
  z.string().refine(isDate, `"${name}" must be a local date, such as 2026-11-22.`).optional()

const tags = ['LLM keys']
const daysDefault = 30

export type UsageDeps = LlmDeps & {
  /** The time zone of a workspace. */
  readonly timeZoneOf: (workspaceId: string) => Promise<string>
}

/** What the keys for language models did. */
export function llmUsageRoutes(deps: UsageDeps): Routes {
  const { access, database, clock } = deps
  return async (server) => {
    server.get(
      '/v1/llm-usage',
      {
        schema: {
          tags,
          summary: 'Requests and tokens in a window of local days',
          description:
            'The last 30 days unless told. Days are those of the time zone that the workspace had when a request began.',
          querystring: z.object({
            from: LocalDate('from').meta({ description: 'The first local day.' }),
            to: LocalDate('to').meta({ description: 'The last local day, included.' }),
          }),
          response: { 200: UsageResponse },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const timeZone = await deps.timeZoneOf(workspaceId)
        const window = windowOf(request.query, localDateOf(clock.now(), timeZone))
        const rows = await readUsage(database, workspaceId, window)
        return usageResponse(rows, { ...window, timeZone }, clock.now())
      },
    )

    server.get(
      '/v1/llm-requests',
      {
        schema: {
          tags,
          summary: 'Requests of the gateway, newest first',
          description: 'Kept for 90 days; what they add up to stays.',
          querystring: ListQuery.extend({
            agentId: z.string().optional(),
            callId: z.string().optional(),
            provider: ProviderName.optional(),
            keySource: KeySourceName.optional(),
            failed: z
              .enum(['true', 'false'])
              .optional()
              .meta({ description: 'true: only those that failed.' }),
          }),
          response: { 200: listOf(LlmRequestResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, agentId, callId, ...rest } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const filter = {
          agentId: uuidOrNull('agent', agentId),
          callId: uuidOrNull('call', callId),
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

function windowOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  today: string,
): { from: string; to: string } {
  const to = query.to ?? today
  const from =
    query.from ??
    Temporal.PlainDate.from(to)
      .subtract({ days: daysDefault - 1 })
      .toString()
  if (to < from) throw invalid('/to', '"to" must not lie before "from".')
  return { from, to }
}

function uuidOrNull(kind: IdKind & ('agent' | 'call'), id: string | undefined): string | null {
  if (id === undefined) return null
  const uuid = uuidFrom(kind, id)
  if (uuid === undefined)
    throw new Problem(notFoundProblems[kind], `There is no such ${kind} in this workspace.`)
  return uuid
}
