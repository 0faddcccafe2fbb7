import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { Amount, amountOf } from './amount.ts'
import type { Balance } from './balance.ts'
import type { EntryRow } from './entry.ts'
import type { GrantRow } from './grant-store.ts'

export const BalanceResponse = z
  .object({
    asOf: Instant,
    balance: Amount.meta({
      description:
        'Grants less settled usage less what live calls have used by asOf. At a later t it is less by liveCalls · (t − asOf).',
    }),
    monthly: z.object({ remaining: Amount, granted: Amount, resetsAt: Instant }),
    topUp: z.object({ remaining: Amount }),
    promotional: z.object({ remaining: Amount }),
    overdraft: Amount,
    liveCalls: z.int(),
    runsOutAt: Instant.nullable().meta({
      description:
        'When the balance reaches zero with the calls that are live now; null where that is not before the next reset.',
    }),
    status: z.enum(['ok', 'low', 'out']),
    lowBelow: Amount.meta({ description: 'Below it the balance is low.' }),
    outSince: Instant.nullable().meta({
      description: 'When the balance reached zero; null while it is above.',
    }),
  })
  .meta({ id: 'Balance', description: 'The live balance and its parts.' })

export function balanceResponse(balance: Balance, resetsAtMs: number): z.infer<typeof BalanceResponse> {
  return {
    asOf: instantOf(balance.asOfMs),
    balance: amountOf(balance.balanceMs),
    monthly: {
      remaining: amountOf(balance.monthlyRemainingMs),
      granted: amountOf(balance.monthlyGrantedMs),
      resetsAt: instantOf(resetsAtMs),
    },
    topUp: { remaining: amountOf(balance.topUpRemainingMs) },
    promotional: { remaining: amountOf(balance.promotionalRemainingMs) },
    overdraft: amountOf(balance.overdraftMs),
    liveCalls: balance.liveCalls,
    runsOutAt: instantOrNull(balance.runsOutAtMs),
    status: balance.status,
    lowBelow: amountOf(balance.lowBelowMs),
    outSince: instantOrNull(balance.outSinceMs),
  }
}

export const GrantResponse = z
  .object({
    id: z.string().nullable().meta({ description: 'Null for a deduction.' }),
    kind: z.enum(['monthly', 'top_up', 'promotional', 'adjustment']),
    amount: Amount,
    remaining: Amount.meta({ description: 'Of settled credit: live calls are not deducted.' }),
    grantedAt: Instant,
    expiresAt: Instant.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Grant', description: 'Credit that was granted, or deducted by an adjustment.' })

export const GrantMadeResponse = GrantResponse.extend({ transactionId: z.string() }).meta({ id: 'GrantMade' })

export function grantResponse(grant: GrantRow): z.infer<typeof GrantResponse> {
  return {
    id: publicId('grant', grant.id),
    kind: grant.kind,
    amount: amountOf(grant.grantedMs),
    remaining: amountOf(grant.remainingMs),
    grantedAt: instantOf(grant.grantedAtMs),
    expiresAt: instantOrNull(grant.expiresAtMs),
    reason: grant.reason,
  }
}

export const EntryKindName = z.enum([
  'call',
  'monthly_grant',
  'top_up',
  'promotional',
  'adjustment',
  'expiry',
  'refund',
])

export const TransactionResponse = z
  .object({
    id: z.string(),
    at: Instant,
    kind: EntryKindName,
    amount: Amount.meta({ description: 'Negative where it took credit.' }),
    balanceAfter: Amount.meta({ description: 'The settled balance after it: live calls are not deducted.' }),
    callId: z.string().nullable(),
    grantId: z.string().nullable(),
    purchaseId: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Transaction', description: 'An entry of the ledger.' })

export function transactionResponse(entry: EntryRow): z.infer<typeof TransactionResponse> {
  return {
    id: publicId('transaction', entry.id),
    at: instantOf(entry.atMs),
    kind: entry.kind,
    amount: amountOf(entry.amountMs),
    balanceAfter: amountOf(entry.balanceAfterMs),
    callId: entry.callId === null ? null : publicId('call', entry.callId),
    grantId: entry.grantId === null ? null : publicId('grant', entry.grantId),
    purchaseId: entry.purchaseId === null ? null : publicId('purchase', entry.purchaseId),
    reason: entry.reason,
  }
}
