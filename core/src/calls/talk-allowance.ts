import { type BalanceLine, balanceAt } from '../billing/balance-line.ts'
import { SECOND_MS } from '../time/durations.ts'

/** What a plan allows live calls at a balance of zero: they finish below zero, or they are ended. */
export type Overdraft = 'finish' | 'none'

/** A call shorter than this is not worth starting. A plan without overdraft refuses it. */
export const TALK_ALLOWANCE_MS_MIN = SECOND_MS

/** What a plan says about how long its calls may last. */
export type TalkTerms = {
  readonly overdraft: Overdraft
  /** The plan's longest conversation, in milliseconds. */
  readonly durationMsMax: number
}

/**
 * Computes how long each of `openCalls` calls may talk from `nowMs` on, in milliseconds. On a plan without overdraft the
 * open calls share the balance in equal parts, so that together they never get more than the balance pays for. A call
 * that rings has its part, because it may be answered at any moment.
 */
export function computeTalkAllowance(
  { overdraft, durationMsMax }: TalkTerms,
  line: BalanceLine,
  openCalls: number,
  nowMs: number,
): number {
  if (overdraft === 'finish') return durationMsMax
  const shareMs = Math.floor(Math.max(0, balanceAt(line, nowMs)) / Math.max(1, openCalls))
  return Math.min(durationMsMax, shareMs)
}

/**
 * Computes the hard stop of an open call: its longest conversation, in milliseconds from its answer.
 *
 * On a plan without overdraft it is what the call has talked and its allowance from now on, in whole seconds, which is
 * the unit of voice stacks. So it moves whenever calls begin or end and credit comes or goes, and the voice stack learns
 * it with the answer and each heartbeat. On other plans it only moves out, after a change to a larger plan.
 *
 * @param call the call before; `maxDurationMs` is its hard stop so far, 0 for a new call
 */
export function computeHardStop(
  terms: TalkTerms,
  line: BalanceLine,
  openCalls: number,
  call: { readonly answeredAtMs: number | null; readonly maxDurationMs: number },
  nowMs: number,
): number {
  if (terms.overdraft === 'finish') return Math.max(call.maxDurationMs, terms.durationMsMax)
  const talkedMs = call.answeredAtMs === null ? 0 : Math.max(0, nowMs - call.answeredAtMs)
  const untilMs = talkedMs + computeTalkAllowance(terms, line, openCalls, nowMs)
  return Math.min(terms.durationMsMax, Math.floor(untilMs / SECOND_MS) * SECOND_MS)
}
