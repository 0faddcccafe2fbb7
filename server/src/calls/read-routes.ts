import type { CallStatus } from '@talktime/core/calls/call'
import { findLocalDayBounds } from '@talktime/core/time/local-day'
import { z } from 'zod'
import type { Access } from '../access/index.ts'
import { readTimeZone } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid } from '../platform/problem.ts'
import { workspaceOfCall } from './call-store.ts'
import { type CallFilter, listCalls } from './history-store.ts'
import { readReceipt } from './receipt.ts'
import { agentUuid, callTarget } from './request-schemas.ts'
import {
  CallResponse,
  CallStatusName,
  callResponse,
  DirectionName,
  ReceiptResponse,
  receiptResponse,
} from './response-schemas.ts'

const statusSentence = `"status" must be one or more of ${CallStatusName.options.join(', ')}, with commas between.`

const localDate = (name: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, `"${name}" must be a local date, such as 2026-11-22.`)
    .optional()

const HistoryQuery = ListQuery.extend({
  status: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'One or more, with commas between.' }),
  agentId: z.string().optional(),
  direction: DirectionName.optional(),
  from: localDate('from').meta({ description: 'First local day of the workspace’s time zone.' }),
  to: localDate('to').meta({ description: 'Last local day, included. A call counts on the day it ended.' }),
})

export type CallReadDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
}

/** Call history and receipts. Whoever reads them first after a reset finds the live calls cut there. */
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
        const filter = filterOf(request.query, await readTimeZone(database, workspaceId))
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
        const { callId } = callTarget(request.params.id)
        const workspaceOf = () => workspaceOfCall(database, callId)
        const { workspaceId } = await access.scopeOf(request, { workspaceOf })
        const timeZone = await readTimeZone(database, workspaceId)
        await ledger.catchUpIfDue(workspaceId)
        const receipt = await readInSnapshot(database, (tx) => readReceipt(tx, workspaceId, callId))
        return receiptResponse(receipt, timeZone, clock.now())
      },
    )
  }
}

function filterOf(query: z.infer<typeof HistoryQuery>, timeZone: string): CallFilter {
  if (query.from !== undefined && query.to !== undefined && query.to < query.from) {
    throw invalid('/to', '"to" must not lie before "from".')
  }
  return {
    statuses: statusesOf(query.status),
    agentId: query.agentId === undefined ? null : agentUuid(query.agentId),
    direction: query.direction ?? null,
    fromMs: query.from === undefined ? null : dayBounds(query.from, timeZone, '/from').startsAtMs,
    toMs: query.to === undefined ? null : dayBounds(query.to, timeZone, '/to').endsAtMs,
  }
}

function statusesOf(status: string | string[] | undefined): CallStatus[] {
  const names = [status ?? []]
    .flat()
    .flatMap((part) => part.split(','))
    .filter((name) => name !== '')
  const known = z.array(CallStatusName).safeParse(names)
  if (!known.success) throw invalid('/status', statusSentence)
  return known.data
}

function dayBounds(date: string, timeZone: string, pointer: string) {
  try {
    return findLocalDayBounds(date, timeZone)
  } catch {
    throw invalid(pointer, `There is no day ${date}.`)
  }
}
