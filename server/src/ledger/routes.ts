import { z } from 'zod'
import type { Access } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid } from '../platform/problem.ts'
import { listGrants, readBalance } from './balance.ts'
import { listEntries } from './entry-store.ts'
import { addGrantRoute } from './grant-routes.ts'
import type { Ledger } from './ledger.ts'
import {
  BalanceResponse,
  balanceResponse,
  EntryKindName,
  GrantResponse,
  grantResponse,
  TransactionResponse,
  transactionResponse,
} from './response-schemas.ts'

const TransactionQuery = ListQuery.extend({
  kind: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'One or more, separated by commas.' }),
})

export type LedgerRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  /** When the workspace's billing cycle ends, in epoch milliseconds. */
  readonly cycleEndsAtMs: (workspaceId: string) => Promise<number>
}

export function ledgerRoutes(deps: LedgerRouteDeps): Routes {
  return async (server) => {
    addBalanceRoute(server, deps)
    addTransactionsRoute(server, deps)
    addGrantsRoute(server, deps)
    addGrantRoute(server, deps)
  }
}

function addBalanceRoute(server: HttpServer, deps: LedgerRouteDeps): void {
  const { access, database, clock, ledger } = deps
  server.get(
    '/v1/balance',
    { schema: { tags: ['Credits'], summary: 'The live balance', response: { 200: BalanceResponse } } },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      await ledger.catchUpIfDue(workspaceId)
      const nowMs = clock.now()
      const balance = await readInSnapshot(database, (tx) => readBalance(tx, workspaceId, nowMs))
      return balanceResponse(balance, await deps.cycleEndsAtMs(workspaceId))
    },
  )
}

function addTransactionsRoute(server: HttpServer, { access, database, ledger }: LedgerRouteDeps): void {
  server.get(
    '/v1/transactions',
    {
      schema: {
        tags: ['Credits'],
        summary: 'The ledger, newest first',
        querystring: TransactionQuery,
        response: { 200: listOf(TransactionResponse) },
      },
    },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const limit = request.query.limit ?? LIMIT_DEFAULT
      const beforeSeq = decodeCursor(request.query.cursor, ['number'])?.[0] ?? null
      const kinds = parseKinds(request.query.kind)
      await ledger.catchUpIfDue(workspaceId)
      const entries = await listEntries(database, workspaceId, { limit, beforeSeq, kinds })
      return buildPage(entries, limit, (entry) => [entry.seq], transactionResponse)
    },
  )
}

function addGrantsRoute(server: HttpServer, { access, database, ledger }: LedgerRouteDeps): void {
  server.get(
    '/v1/grants',
    {
      schema: {
        tags: ['Credits'],
        summary: 'Grants, newest first',
        querystring: ListQuery,
        response: { 200: listOf(GrantResponse) },
      },
    },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const limit = request.query.limit ?? LIMIT_DEFAULT
      const beforeId = decodeCursor(request.query.cursor, ['uuid'])?.[0] ?? null
      await ledger.catchUpIfDue(workspaceId)
      const grants = await readInSnapshot(database, (tx) => listGrants(tx, workspaceId, { limit, beforeId }))
      return buildPage(grants, limit, (grant) => [grant.id], grantResponse)
    },
  )
}

function parseKinds(kind: string | string[] | undefined): z.infer<typeof EntryKindName>[] {
  const names = [kind ?? []]
    .flat()
    .flatMap((part) => part.split(','))
    .filter((name) => name !== '')
  const known = z.array(EntryKindName).safeParse(names)
  if (known.success) return known.data
  const options = EntryKindName.options.join(', ')
  throw invalid('/kind', `"kind" must be one or more of ${options}, with commas between.`)
}
