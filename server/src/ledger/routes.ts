import { msFromCredits } from '@talktime/core/billing/credits'
import { z } from 'zod'
import { type Access, accessProblems, requireOperator } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { instantOf, instantOrNull } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { amountOf } from './amount.ts'
import { listGrants, readBalance } from './balance.ts'
import { listEntries } from './entry-store.ts'
import { grantByOperator } from './grant-by-operator.ts'
import type { Ledger } from './ledger.ts'
import {
  BalanceResponse,
  balanceResponse,
  EntryKindName,
  GrantMadeResponse,
  GrantResponse,
  grantResponse,
  TransactionResponse,
  transactionResponse,
} from './response-schemas.ts'

const GrantRequest = z.strictObject({
  credits: z.number().optional(),
  milliseconds: z.int().optional(),
  kind: z.enum(['promotional', 'adjustment']),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .nullable()
    .optional(),
  reason: z.string().trim().min(1).max(500),
})

const TransactionQuery = ListQuery.extend({
  kind: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'One or more, with commas between.' }),
})

export type LedgerRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  /** When the workspace's billing cycle ends. */
  readonly cycleEndsAtMs: (workspaceId: string) => Promise<number>
}

export function ledgerRoutes(deps: LedgerRouteDeps): Routes {
  const { access, database, clock, ledger } = deps
  return async (server) => {
    server.get(
      '/v1/balance',
      { schema: { tags: ['Credits'], summary: 'The live balance', response: { 200: BalanceResponse } } },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const nowMs = clock.now()
        const balance = await currentBalance(deps, workspaceId, nowMs)
        return balanceResponse(balance, await deps.cycleEndsAtMs(workspaceId))
      },
    )

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
        const kinds = kindsOf(request.query.kind)
        await ledger.catchUpIfDue(workspaceId)
        const entries = await listEntries(database, workspaceId, { limit, beforeSeq, kinds })
        return buildPage(entries, limit, (entry) => [entry.seq], transactionResponse)
      },
    )

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
        const grants = await readInSnapshot(database, (tx) =>
          listGrants(tx, workspaceId, { limit, beforeId }),
        )
        return buildPage(grants, limit, (grant) => [grant.id], grantResponse)
      },
    )

    server.post(
      '/v1/workspaces/:id/grants',
      {
        schema: {
          tags: ['Operator'],
          summary: 'Give credits, or take them off',
          params: z.object({ id: z.string() }),
          body: GrantRequest,
          response: { 201: GrantMadeResponse },
        },
      },
      async (request, reply) => {
        requireOperator(request)
        const { workspaceId } = await access.scopeOf(request, { named: request.params.id })
        requireNamed(request.params.id, workspaceId)
        const { kind, reason, expiresAt, milliseconds } = request.body
        const amountMs = amountMsOf(request.body)
        const amountPointer = milliseconds === undefined ? '/credits' : '/milliseconds'
        return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
          const grant = { kind, amountMs, amountPointer, reason, expiresAtMs: expiresAt ?? null } as const
          const { grantId, entry, remainingMs } = await grantByOperator(tx, unit, grant, nowMs)
          return {
            status: 201,
            body: {
              id: grantId === null ? null : publicId('grant', grantId),
              kind,
              amount: amountOf(amountMs),
              remaining: amountOf(remainingMs),
              grantedAt: instantOf(nowMs),
              expiresAt: instantOrNull(grant.expiresAtMs),
              reason,
              transactionId: publicId('transaction', entry.id),
            },
          }
        })
      },
    )
  }
}

function kindsOf(kind: string | string[] | undefined): z.infer<typeof EntryKindName>[] {
  const names = [kind ?? []]
    .flat()
    .flatMap((part) => part.split(','))
    .filter((name) => name !== '')
  const known = z.array(EntryKindName).safeParse(names)
  if (known.success) return known.data
  const options = EntryKindName.options.join(', ')
  throw invalid('/kind', `"kind" must be one or more of ${options}, with commas between.`)
}

/** Throws `workspace_not_found` where a header names another workspace than the path: credit goes where both say. */
function requireNamed(id: string, workspaceId: string): void {
  if (publicId('workspace', workspaceId) === id) return
  const detail = 'The header Talktime-Workspace names another workspace than the path. Leave it out.'
  throw new Problem(accessProblems.workspace_not_found, detail)
}

function amountMsOf(body: z.infer<typeof GrantRequest>): number {
  const { credits, milliseconds } = body
  if ((credits === undefined) === (milliseconds === undefined)) {
    throw invalid('/credits', 'Give the amount either as "credits" or as "milliseconds".')
  }
  if (milliseconds !== undefined) return milliseconds
  try {
    return msFromCredits(credits ?? 0)
  } catch {
    throw invalid('/credits', '"credits" is too large to be kept exactly.')
  }
}

/** The balance after everything that is due has been done. */
async function currentBalance(deps: LedgerRouteDeps, workspaceId: string, nowMs: number) {
  await deps.ledger.catchUpIfDue(workspaceId)
  return readInSnapshot(deps.database, (tx) => readBalance(tx, workspaceId, nowMs))
}
