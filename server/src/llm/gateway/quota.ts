import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { Clock } from '../../platform/clock.ts'
import type { Queryable } from '../../platform/database/database.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import { readMember } from '../records/tokens.ts'
import type { ChatRequest } from './chat-body.ts'
import { countInQuota, type QuotaLimits, type QuotaUse, readQuotaUse } from './quota-store.ts'
import type { Route } from './route.ts'

/** How many requests of a day may be marked as tests. */
export const TESTS_PER_DAY = 20
/** A test is a few sentences. */
const TEST_CHARACTERS_MAX = 8_000

/** Beside its text, a request is expected to need this many tokens, unless it names a limit. */
const COMPLETION_TOKENS_EXPECTED = 1_024
/** A token of the usual languages is about four characters of the body. */
const CHARACTERS_PER_TOKEN = 4

/** A request that was counted: what it reserved, and what the workspace has used with it. */
export type Counted = { readonly reservedTokens: number; readonly use: QuotaUse }

/**
 * Estimates the tokens of a request: its text, and the longest answer that it allows or that is usual. The estimate is
 * reserved until the provider has counted.
 *
 * @param characters the length of the body
 */
export function estimateTokens(body: ChatRequest, characters: number): number {
  const completion =
    readCount(body, 'max_completion_tokens') ?? readCount(body, 'max_tokens') ?? COMPLETION_TOKENS_EXPECTED
  const choices = Math.max(1, readCount(body, 'n') ?? 1)
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + completion * choices
}

function readCount(body: ChatRequest, name: string): number | undefined {
  const value = readMember(body, name)
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, 10_000_000) : undefined
}

/**
 * Counts a request with the platform's key and reserves its tokens, in one statement, so that all servers together admit
 * no more than the plan allows.
 *
 * @throws Problem `rate_limit_exceeded`, or `invalid_request` for a test that is too long
 */
export async function countRequest(
  { database, clock }: { readonly database: Queryable; readonly clock: Clock },
  { workspaceId, limits, isTest }: Pick<Route, 'workspaceId' | 'limits' | 'isTest'>,
  asked: { readonly tokens: number; readonly characters: number },
): Promise<Counted> {
  const nowMs = clock.now()
  if (isTest && asked.characters > TEST_CHARACTERS_MAX) {
    const most = TEST_CHARACTERS_MAX.toLocaleString('en-US')
    throw invalid('/messages', `A test may have ${most} characters at most. Make longer requests in a call.`)
  }
  const use = await countInQuota(database, {
    workspaceId,
    ...periodOf(nowMs),
    tokens: asked.tokens,
    tests: isTest ? 1 : 0,
    requestsMax: limits.llmRequestsPerMinute,
    tokensMax: limits.llmTokensPerDay,
    testsMax: TESTS_PER_DAY,
  })
  if (use !== undefined) return { reservedTokens: asked.tokens, use }
  throw exceeded(await readQuotaUse(database, workspaceId, periodOf(nowMs)), limits, asked, isTest, nowMs)
}

/** The minute and the day of UTC in which an instant lies. */
export function periodOf(nowMs: number): { readonly minuteAtMs: number; readonly day: string } {
  const day = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO('UTC').toPlainDate()
  return { minuteAtMs: nowMs - (nowMs % MINUTE_MS), day: day.toString() }
}

/** When the minute and the day of UTC end, in epoch milliseconds. */
export function resetsOf(nowMs: number): { readonly minuteMs: number; readonly dayMs: number } {
  return {
    minuteMs: nowMs - (nowMs % MINUTE_MS) + MINUTE_MS,
    dayMs: nowMs - (nowMs % DAY_MS) + DAY_MS,
  }
}

/** The headers in which OpenAI's API says what is left. Limits that the plan does not have are left out. */
export function quotaHeaders(
  { use }: Counted,
  { llmRequestsPerMinute, llmTokensPerDay }: QuotaLimits,
  nowMs: number,
): Record<string, string> {
  const { minuteMs, dayMs } = resetsOf(nowMs)
  return {
    ...headersOf('requests', llmRequestsPerMinute, use.requests, minuteMs - nowMs),
    ...headersOf('tokens', llmTokensPerDay, use.tokens, dayMs - nowMs),
  }
}

function headersOf(
  unit: 'requests' | 'tokens',
  limit: number | null,
  used: number,
  resetsInMs: number,
): Record<string, string> {
  if (limit === null) return {}
  return {
    [`x-ratelimit-limit-${unit}`]: String(limit),
    [`x-ratelimit-remaining-${unit}`]: String(Math.max(0, limit - used)),
    [`x-ratelimit-reset-${unit}`]: `${Math.ceil(resetsInMs / SECOND_MS)}s`,
  }
}

function exceeded(
  use: QuotaUse,
  limits: QuotaLimits,
  asked: { readonly tokens: number },
  isTest: boolean,
  nowMs: number,
): Problem {
  const { minuteMs, dayMs } = resetsOf(nowMs)
  const { llmRequestsPerMinute, llmTokensPerDay } = limits
  const number = (value: number) => value.toLocaleString('en-US')
  if (llmTokensPerDay !== null && use.tokens + asked.tokens > llmTokensPerDay) {
    return createExceeded(
      `The plan includes ${number(llmTokensPerDay)} tokens of the platform’s key a day. ${number(use.tokens)} are used or in use, and this request may need ${number(asked.tokens)}. The day ends at midnight UTC.`,
      'tokens_per_day',
      dayMs - nowMs,
    )
  }
  if (isTest && use.tests >= TESTS_PER_DAY) {
    return createExceeded(
      `A workspace may make ${TESTS_PER_DAY} tests a day with the platform’s key. The day ends at midnight UTC.`,
      'tests_per_day',
      dayMs - nowMs,
    )
  }
  return createExceeded(
    `The plan includes ${number(llmRequestsPerMinute ?? 0)} requests a minute with the platform’s key.`,
    'requests_per_minute',
    minuteMs - nowMs,
  )
}

function createExceeded(detail: string, limit: string, waitMs: number): Problem {
  return new Problem(llmProblems.rate_limit_exceeded, detail, {
    members: { limit },
    retryAfterSeconds: Math.ceil(waitMs / SECOND_MS),
  })
}
