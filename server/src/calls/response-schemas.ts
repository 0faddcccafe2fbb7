import type { RefusalReason } from '@talktime/core/calls/authorize'
import { measureConversation, type ReportSource } from '@talktime/core/calls/call'
import { z } from 'zod'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { type CallRow, readStatus } from './call-row.ts'
import type { Receipt } from './receipt.ts'

export const CallStatusName = z.enum([
  'authorized',
  'in_conversation',
  'ended',
  'refused',
  'unanswered',
  'failed',
  'lost',
])

export const DirectionName = z.enum(['inbound', 'outbound', 'web'])

const refusalDetails: Record<RefusalReason, string> = {
  out_of_credits: 'The workspace has no credits left.',
  concurrency_limit: 'The plan’s limit of concurrent calls is reached.',
  agent_disabled: 'The agent is disabled.',
  workspace_suspended: 'The workspace is suspended.',
  email_unverified:
    'The email address of the workspace’s owner is not verified. Open the link in the mail, or have it sent again.',
}

export const CallResponse = z
  .object({
    id: z.string().meta({ example: 'call_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    status: CallStatusName,
    agentId: z.string(),
    agentName: z.string(),
    direction: DirectionName,
    from: z.string().nullable(),
    to: z.string().nullable(),
    externalId: z.string().nullable(),
    campaignId: z.string().nullable(),
    authorizedAt: Instant,
    answeredAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    endReason: z.string().nullable(),
    endSource: z
      .enum(['reported', 'presumed'])
      .nullable()
      .meta({ description: 'presumed: nobody reported the end, so Talktime closed the call.' }),
    maxDurationSeconds: z.int().meta({
      description:
        'The hard stop, from the answer on. The voice stack must end the call after this time. On a plan without overdraft it is what the balance pays for, shared among the open calls; it is renewed with the answer and each heartbeat.',
    }),
    duration: Amount.nullable().meta({ description: 'From answer to end. Null while the call is open.' }),
    charged: Amount.meta({ description: 'Charged so far.' }),
    hangUpOrderedAt: Instant.nullable().meta({
      description:
        'Since when the call has a hang-up order: heartbeats are answered with continue: false. The call is charged until it is over.',
    }),
    hangUpReason: z.enum(['out_of_credits', 'by_hand', 'workspace_suspended']).nullable(),
    refusal: z
      .object({
        reason: z.enum([
          'out_of_credits',
          'concurrency_limit',
          'agent_disabled',
          'workspace_suspended',
          'email_unverified',
        ]),
        detail: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'Call', description: 'A call.' })

export type CallResponse = z.infer<typeof CallResponse>

export function callResponse(call: CallRow): CallResponse {
  const { facts } = call
  const durationMs = measureConversation(facts)
  return {
    id: publicId('call', call.id),
    status: readStatus(call),
    agentId: publicId('agent', call.agentId),
    agentName: call.agentName,
    direction: call.direction,
    from: call.from,
    to: call.to,
    externalId: call.externalId,
    campaignId: call.campaignId && publicId('campaign', call.campaignId),
    authorizedAt: instantOf(call.authorizedAtMs),
    answeredAt: instantOrNull(facts.answeredAtMs),
    endedAt: instantOrNull(facts.endedAtMs),
    endReason: facts.endReason,
    endSource: facts.endSource,
    maxDurationSeconds: call.maxDurationMs / 1000,
    duration: durationMs === null ? null : amountOf(durationMs),
    charged: amountOf(facts.settledMs),
    hangUpOrderedAt: instantOrNull(call.hangUpAtMs),
    hangUpReason: call.hangUpReason,
    refusal:
      call.refusalReason === null
        ? null
        : { reason: call.refusalReason, detail: refusalDetails[call.refusalReason] },
  }
}

const ReporterName = z.enum(['workspace', 'operator', 'carrier']).nullable()

export const ReceiptResponse = CallResponse.extend({
  asOf: Instant,
  timeZone: z.string(),
  payments: z.array(
    z.object({
      grantId: z.string(),
      kind: z.enum(['monthly', 'top_up', 'promotional', 'adjustment']),
      grantedAt: Instant,
      expiresAt: Instant.nullable(),
      amount: Amount,
    }),
  ),
  unpaid: Amount.meta({ description: 'Charged but not paid by any grant yet: part of the overdraft.' }),
  reportedBy: z
    .object({ answer: ReporterName, end: ReporterName })
    .meta({ description: 'Whose word the answer and the end are. null: nobody’s, or not recorded.' }),
  corrections: z
    .array(
      z.object({
        fact: z.enum(['answer', 'end']),
        was: Instant,
        reportedBy: ReporterName,
        is: Instant,
        correctedBy: ReporterName,
        at: Instant.meta({ description: 'When the correction arrived.' }),
      }),
    )
    .meta({
      description:
        'What the operator or a carrier corrected in the reports of the workspace’s key. The charge is what it is now.',
    }),
  entries: z.array(
    z.object({ transactionId: z.string(), at: Instant, amount: Amount, balanceAfter: Amount }),
  ),
}).meta({ id: 'Receipt', description: 'A call with what charged it. Payments and unpaid add up to charged.' })

export type ReceiptResponse = z.infer<typeof ReceiptResponse>

export function receiptResponse(receipt: Receipt, timeZone: string, nowMs: number): ReceiptResponse {
  const { facts } = receipt.call
  return {
    ...callResponse(receipt.call),
    asOf: instantOf(nowMs),
    timeZone,
    payments: receipt.payments.map(({ grant, amountMs }) => ({
      grantId: publicId('grant', grant.id),
      kind: grant.kind,
      grantedAt: instantOf(grant.grantedAtMs),
      expiresAt: instantOrNull(grant.expiresAtMs),
      amount: amountOf(amountMs),
    })),
    unpaid: amountOf(receipt.unpaidMs),
    reportedBy: { answer: nameReporter(facts.answeredBy), end: nameReporter(facts.endedBy) },
    corrections: receipt.call.corrections.map((correction) => ({
      fact: correction.fact,
      was: instantOf(correction.fromMs),
      reportedBy: nameReporter(correction.fromBy),
      is: instantOf(correction.toMs),
      correctedBy: nameReporter(correction.toBy),
      at: instantOf(correction.atMs),
    })),
    entries: receipt.entries.map((entry) => ({
      transactionId: publicId('transaction', entry.id),
      at: instantOf(entry.atMs),
      amount: amountOf(entry.amountMs),
      balanceAfter: amountOf(entry.balanceAfterMs),
    })),
  }
}

function nameReporter(source: ReportSource | null): z.infer<typeof ReporterName> {
  return source === 'unrecorded' ? null : source
}
