import { creditsFromMs } from '@talktime/core/billing/credits'
import { z } from 'zod'

/** An amount of credit in both its forms; milliseconds is exact and authoritative. */
export const Amount = z
  .object({
    milliseconds: z.int().meta({ description: 'Talk time in milliseconds: exact.' }),
    credits: z.number().meta({ description: 'The same in credits: 1 credit is 60,000 milliseconds.' }),
  })
  .meta({
    id: 'Amount',
    description: 'An amount of credit.',
    example: { milliseconds: 90_000, credits: 1.5 },
  })

export type Amount = z.infer<typeof Amount>

export function amountOf(milliseconds: number): Amount {
  return { milliseconds, credits: creditsFromMs(milliseconds) }
}

/** An instant as the API writes it. */
export const Instant = z.string().meta({ format: 'date-time', example: '2026-11-22T10:00:00.000Z' })

/** Epoch milliseconds as an RFC 3339 instant in UTC with milliseconds. */
export function instantOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function instantOrNull(atMs: number | null): string | null {
  return atMs === null ? null : instantOf(atMs)
}
