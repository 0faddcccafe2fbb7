import type { AutoReloadReason, AutoReloadState } from '@talktime/core/auto-reload/auto-reload'
import { creditsFromMs } from '@talktime/core/billing/credits'
import { assertNever } from '@talktime/core/exhaustive'
import { z } from 'zod'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { Money } from '../platform/http/money.ts'
import { publicId } from '../public-ids.ts'
import type { Attempt } from './attempt-store.ts'
import { describeAttempt, describeState, explainRecommendation } from './messages.ts'
import type { AutoReloadStatus } from './read-auto-reload.ts'

const states = [
  'off',
  'watching',
  'buying',
  'waiting',
  'capped',
  'failed',
  'plan_required',
] as const satisfies readonly AutoReloadState[]

const reasons = [
  'plan_required',
  'switched_off',
  'workspace_suspended',
  'purchase_in_flight',
  'no_card',
  'card_declined',
  'confirmation_required',
  'above_threshold',
  'retry_later',
  'hourly_limit_reached',
  'monthly_cap_reached',
  'below_threshold',
] as const satisfies readonly AutoReloadReason[]

export const AttemptResponse = z
  .object({
    id: z.string().meta({ example: 'rld_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    at: Instant,
    outcome: z.enum(['succeeded', 'declined', 'requires_action', 'pending', 'not_made']),
    reason: z.string().meta({
      description:
        'Why it was made or not: a stateReasonCode, or the code of a decline, such as insufficient_funds.',
    }),
    detail: z.string().meta({ description: 'The outcome and its reason in a sentence.' }),
    balance: Amount.meta({ description: 'The balance at that moment, live calls included.' }),
    purchaseId: z.string().nullable(),
  })
  .meta({ id: 'AutoReloadAttempt', description: 'An attempt to reload, made or not.' })

export const AutoReloadResponse = z
  .object({
    enabled: z.boolean(),
    thresholdCredits: z.number(),
    packageId: z.string(),
    quantity: z.int().meta({ description: 'How many packages one reload buys.' }),
    monthlyCap: Money.nullable().meta({
      description: 'The most that reloads may cost in a calendar month of the workspace; null: no cap.',
    }),
    price: Money.meta({ description: 'The price of one reload.' }),
    credits: Amount.meta({ description: 'The credits of one reload.' }),
    spentThisMonth: Money.meta({
      description: 'What reloads cost this month, including those whose outcome is open.',
    }),
    state: z.enum(states),
    stateReasonCode: z.enum(reasons),
    stateReason: z.string().meta({ description: 'The reason for the state in a sentence.' }),
    stateUntil: Instant.nullable().meta({
      description: 'When the state may change although nothing happens.',
    }),
    recommendation: z.object({
      thresholdCredits: z.number(),
      because: z.string().meta({ description: 'The reason in a sentence.' }),
    }),
    lastAttempt: AttemptResponse.nullable(),
  })
  .meta({
    id: 'AutoReload',
    description: 'Buys credits when the balance drops below a threshold.',
  })

/** Converts the status of auto-reload to its API form. */
export function autoReloadResponse({
  situation,
  decision,
  recommendation,
  lastAttempt,
}: AutoReloadStatus): z.infer<typeof AutoReloadResponse> {
  const { choice, reload, decisionInput } = situation
  const { currency } = reload
  const money = (minor: number) => ({ minor, currency })
  return {
    enabled: choice.enabled,
    thresholdCredits: creditsFromMs(choice.thresholdMs),
    packageId: choice.packageId,
    quantity: choice.quantity,
    monthlyCap: choice.monthlyCapMinor === null ? null : money(choice.monthlyCapMinor),
    price: money(reload.amountMinor),
    credits: amountOf(reload.creditsMs),
    spentThisMonth: money(decisionInput.spentThisMonthMinor),
    state: decision.state,
    stateReasonCode: decision.reason,
    stateReason: describeState(situation, decision),
    stateUntil: instantOrNull(decision.untilMs),
    recommendation: {
      thresholdCredits: creditsFromMs(recommendation.advice.thresholdMs),
      because: explainRecommendation(recommendation, situation.timeZone),
    },
    lastAttempt: lastAttempt === undefined ? null : attemptResponse(lastAttempt),
  }
}

export function attemptResponse(attempt: Attempt): z.infer<typeof AttemptResponse> {
  const { id, atMs, balanceMs, purchase } = attempt
  return {
    id: publicId('reloadAttempt', id),
    at: instantOf(atMs),
    ...readResult(attempt),
    detail: describeAttempt(attempt),
    balance: amountOf(balanceMs),
    purchaseId: purchase === null ? null : publicId('purchase', purchase.id),
  }
}

function readResult({
  reason,
  purchase,
}: Attempt): Pick<z.infer<typeof AttemptResponse>, 'outcome' | 'reason'> {
  if (purchase === null) return { outcome: 'not_made', reason }
  switch (purchase.status) {
    case 'failed':
      return { outcome: 'declined', reason: purchase.failureCode ?? 'card_declined' }
    case 'requires_action':
      return { outcome: 'requires_action', reason: 'confirmation_required' }
    case 'succeeded':
    case 'pending':
      return { outcome: purchase.status, reason }
    default:
      return assertNever(purchase.status)
  }
}
