import type { CallStatus } from '@talktime/core/calls/call'
import { findLocalDayBounds } from '@talktime/core/time/local-day'
import { z } from 'zod'
import type { Access } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid } from '../platform/problem.ts'
import { timeZoneOf } from '../workspaces/index.ts'
import { findWorkspaceOfCall } from './call-store.ts'
import { type CallFilter, listCalls } from './history-store.ts'
import { readReceipt } from './receipt.ts'
import { parseAgentId, parseCallId } from './request-schemas.ts'
import {
  CallResponse,
  CallStatusName,
  callResponse,
  DirectionName,
  ReceiptResponse,
  receiptResponse,
} from './response-schemas.ts'

const statusSentence = `"status" must be one or more of ${CallStatusName.options.join(', ')}, separated by commas.`

const localDate = (name: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, `"${name}" must be a local date, such as 2026-11-22.`)
    .optional()

const HistoryQuery = ListQuery.extend({
  status: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'One or more, separated by commas.' }),
  agentId: z.string().optional(),
  direction: DirectionName.optional(),
  from: localDate('from').meta({ description: 'First day, in the workspace’s time zone.' }),
  to: localDate('to').meta({ description: 'Last day, included. A call counts on the day it ended.' }),
})

export type CallReadDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
}

/** The routes of call history and receipts. A boundary that is due is processed first, so live calls are cut there. */
export function callReadRoutes(deps: CallReadDeps): Routes {
  const { access, database, clock, ledger } = deps
  return async (server) => {
    server.get(
      '/v1/calls',
      {
        schema: {
          tags: ['Calls'],
          summary: 'Call history, newest first',
          querystring: HistoryQuery,
          response: { 200: listOf(CallResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const limit = request.query.limit ?? LIMIT_DEFAULT
        const afterId = decodeCursor(request.query.cursor, ['uuid'])?.[0] ?? null
        const filter = parseFilter(request.query, await timeZoneOf(database, workspaceId))
        await ledger.catchUpIfDue(workspaceId)
        const calls = await listCalls(database, workspaceId, filter, { limit, afterId })
        return buildPage(calls, limit, (call) => [call.id], callResponse)
      },
    )

    server.get(
      '/v1/calls/:id',
      {
        schema: {
          tags: ['Calls'],
          summary: 'The receipt of a call',
          params: z.object({ id: z.string() }),
          response: { 200: ReceiptResponse },
        },
      },
      async (request) => {
        const { callId } = parseCallId(request.params.id)
        const workspaceOf = () => findWorkspaceOfCall(database, callId)
        const { workspaceId } = await access.scopeOf(request, { workspaceOf })
        const timeZone = await timeZoneOf(database, workspaceId)
        await ledger.catchUpIfDue(workspaceId)
        const receipt = await readInSnapshot(database, (tx) => readReceipt(tx, workspaceId, callId))
        return receiptResponse(receipt, timeZone, clock.now())
      },
    )
  }
}

function parseFilter(query: z.infer<typeof HistoryQuery>, timeZone: string): CallFilter {
  if (query.from !== undefined && query.to !== undefined && query.to < query.from) {
    throw invalid('/to', '"to" must not be before "from".')
  }
  return {
    statuses: parseStatuses(query.status),
    agentId: query.agentId === undefined ? null : parseAgentId(query.agentId),
    direction: query.direction ?? null,
    fromMs: query.from === undefined ? null : findDayBounds(query.from, timeZone, '/from').startsAtMs,
    toMs: query.to === undefined ? null : findDayBounds(query.to, timeZone, '/to').endsAtMs,
  }
}

function parseStatuses(status: string | string[] | undefined): CallStatus[] {
  const names = [status ?? []]
    .flat()
    .flatMap((part) => part.split(','))
    .filter((name) => name !== '')
  const known = z.array(CallStatusName).safeParse(names)
  if (!known.success) throw invalid('/status', statusSentence)
  return known.data
}

function findDayBounds(date: string, timeZone: string, pointer: string) {
  try {
    return findLocalDayBounds(date, timeZone)
  } catch {
    throw invalid(pointer, `There is no day ${date}.`)
  }
}
