import { msFromCredits } from '@talktime/core/billing/credits'
import { z } from 'zod'
import { type Access, accessProblems, requireOperator } from '../access/index.ts'
import type { HttpServer } from '../platform/http/http-server.ts'
import { instantOf, instantOrNull } from '../platform/http/instant.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { amountOf } from './amount.ts'
import { grantByOperator } from './grant-by-operator.ts'
import type { Ledger } from './ledger.ts'
import { GrantMadeResponse } from './response-schemas.ts'
import { addAudit } from './unit.ts'

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

export type GrantRouteDeps = { readonly access: Access; readonly ledger: Ledger }

export function addGrantRoute(server: HttpServer, { access, ledger }: GrantRouteDeps): void {
  server.post(
    '/v1/workspaces/:id/grants',
    {
      config: { keyScope: 'money' },
      schema: {
        tags: ['Operator'],
        summary: 'Grant or deduct credits',
        params: z.object({ id: z.string() }),
        body: GrantRequest,
        response: { 201: GrantMadeResponse },
      },
    },
    async (request, reply) => {
      requireOperator(request)
      const scope = await access.scopeOf(request, { named: request.params.id })
      const { workspaceId } = scope
      requireNamed(request.params.id, workspaceId)
      const { kind, reason, expiresAt, milliseconds } = request.body
      const amountMs = readAmountMs(request.body)
      const amountPointer = milliseconds === undefined ? '/credits' : '/milliseconds'
      return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
        const grant = { kind, amountMs, amountPointer, reason, expiresAtMs: expiresAt ?? null } as const
        const { grantId, entry, remainingMs } = await grantByOperator(tx, unit, grant, nowMs)
        const body = {
          id: grantId === null ? null : publicId('grant', grantId),
          kind,
          amount: amountOf(amountMs),
          remaining: amountOf(remainingMs),
          grantedAt: instantOf(nowMs),
          expiresAt: instantOrNull(grant.expiresAtMs),
          reason,
          transactionId: publicId('transaction', entry.id),
        }
        addAudit(unit, scope, {
          action: amountMs > 0 ? 'credit.granted' : 'credit.deducted',
          target: { kind: 'transaction', id: entry.id, name: reason },
          after: body,
        })
        return { status: 201, body }
      })
    },
  )
}

/** Throws Problem `workspace_not_found` where a header names a different workspace than the path. */
function requireNamed(id: string, workspaceId: string): void {
  if (publicId('workspace', workspaceId) === id) return
  const detail = 'The header Talktime-Workspace names a different workspace than the path. Omit it.'
  throw new Problem(accessProblems.workspace_not_found, detail)
}

function readAmountMs(body: z.infer<typeof GrantRequest>): number {
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
